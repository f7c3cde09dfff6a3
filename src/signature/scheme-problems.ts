import { credentialHeaders } from './credentials.ts';
import { headerNames } from './find-signature.ts';
import type { HmacScheme, PublicKeyScheme, Scheme } from './scheme.ts';

/**
 * What is wrong with a scheme's definition; nothing if it is sound.
 *
 * @param kept The headers that reach the verification.
 */
export function schemeProblems(scheme: Scheme, kept: readonly string[]): string[] {
  const problems: string[] = [];
  if (scheme.scheme === 'hmac' || scheme.scheme === 'publicKey') problems.push(...keyedProblems(scheme));
  if (scheme.scheme === 'none' && (scheme.acknowledgeRisk as unknown) !== true)
    problems.push('a scheme of none must say acknowledgeRisk: true');
  for (const name of readHeaders(scheme)) {
    if (name !== name.toLowerCase()) problems.push(`the header ${name} is not in lower case`);
    else if (!kept.includes(name)) problems.push(`the header ${name} is read and not kept in headers`);
  }
  return problems;
}

function keyedProblems({ signature, timestamp, message }: HmacScheme | PublicKeyScheme): string[] {
  const problems: string[] = [];
  const places = [signature.header, signature.headers, signature.json].filter((place) => place !== undefined);
  if (places.length !== 1) problems.push('signature names not exactly one of header, headers and json');
  if (signature.headers?.length === 0) problems.push('signature.headers is empty');
  if (signature.pairs && signature.listLabel !== undefined) problems.push('signature has both pairs and listLabel');
  if (signature.pairs && (signature.headers?.length ?? 0) > 1)
    problems.push('signature has pairs in several headers; a timestamp would belong to none');
  if (message.every((part) => typeof part === 'string')) problems.push('message signs nothing');
  const signsTimestamp = message.some((part) => typeof part === 'object' && part.part === 'timestamp');
  if (signsTimestamp && !timestamp) problems.push('message signs a timestamp, and no timestamp is described');
  if (!timestamp) return problems;
  if ('pair' in timestamp.from && !signature.pairs) problems.push('timestamp stands in pairs, and signature has none');
  if ('pair' in timestamp.from && timestamp.from.pair === signature.pairs?.key)
    problems.push('timestamp and signature stand under the same key');
  const inSignedBody =
    'json' in timestamp.from && message.some((part) => typeof part === 'object' && part.part === 'body');
  if (!signsTimestamp && !inSignedBody) problems.push('timestamp is not signed, so checking it would prove nothing');
  const tolerance = timestamp.toleranceSeconds;
  if (tolerance !== null && !(tolerance > 0 && Number.isFinite(tolerance)))
    problems.push('timestamp.toleranceSeconds is neither null nor above 0');
  return problems;
}

/** The headers that a scheme reads, as far as its data says. */
function readHeaders(scheme: Scheme): string[] {
  if (scheme.scheme !== 'hmac' && scheme.scheme !== 'publicKey') return [...credentialHeaders(scheme)];
  const { signature, timestamp, message } = scheme;
  const signed = message.flatMap((part) => (typeof part === 'object' && part.part === 'header' ? [part.name] : []));
  const stamp = timestamp && 'header' in timestamp.from ? [timestamp.from.header] : [];
  return [...headerNames(signature), ...stamp, ...signed];
}
