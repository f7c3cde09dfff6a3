import { credentialHeaders } from './credentials.ts';
import { headerNames } from './find-signature.ts';
import { isKeyed } from './keyed.ts';
import { needsOf } from './needs.ts';
import { survivesUrl } from './query.ts';
import { readsJson } from './reads-body.ts';
import type { KeyedScheme, MessagePart, Scheme } from './scheme.ts';

/** Something wrong with a definition: the keys that lead to it, and what it is. */
export interface Problem {
  path: readonly (string | number)[];
  problem: string;
}

/**
 * What is wrong with a scheme's definition; nothing if it is sound.
 *
 * @param kept The headers that reach the verification.
 * @param keptQuery The query parameters that reach it.
 */
export function schemeProblems(scheme: Scheme, kept: readonly string[], keptQuery: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  if (isKeyed(scheme)) problems.push(...keyedProblems(scheme));
  if (scheme.scheme === 'none' && (scheme.acknowledgeRisk as unknown) !== true)
    problems.push({ path: ['acknowledgeRisk'], problem: 'a scheme of none must say acknowledgeRisk: true' });
  if (scheme.scheme === 'code' && typeof ((scheme.verify ?? scheme.make) as unknown) !== 'function')
    problems.push({ path: [], problem: 'code needs a function: verify, or make' });
  if (scheme.scheme === 'token' && 'query' in scheme.at && scheme.prefix !== undefined && !survivesUrl(scheme.prefix))
    problems.push({ path: ['prefix'], problem: 'prefix holds a character that may be changed on its way in a URL' });
  for (const { path, name } of readParameters(scheme))
    if (!keptQuery.includes(name))
      problems.push({ path, problem: `the query parameter ${name} is read and not kept in query` });
  for (const { path, name } of readHeaders(scheme)) {
    if (name !== name.toLowerCase()) problems.push({ path, problem: `the header ${name} is not in lower case` });
    else if (!kept.includes(name))
      problems.push({ path, problem: `the header ${name} is read and not kept in headers` });
  }
  return problems;
}

function keyedProblems(scheme: KeyedScheme): Problem[] {
  const { signature, timestamp, message } = scheme;
  const problems: Problem[] = [];
  const find = (path: Problem['path'], problem: string) => problems.push({ path, problem });
  const signs = (name: string) => message.some((part) => typeof part === 'object' && part.part === name);
  if (
    scheme.scheme === 'publicKey' &&
    scheme.algorithm !== 'ed25519' &&
    (scheme.key === 'hex32' || scheme.key === 'whpk')
  )
    find(['key'], `a key of ${scheme.algorithm} is never 32 bytes; key must be spki-base64 or pem`);
  const places = [signature.header, signature.headers, signature.json].filter((place) => place !== undefined);
  if (places.length !== 1) find(['signature'], 'signature names not exactly one of header, headers and json');
  if (signature.headers?.length === 0) find(['signature', 'headers'], 'signature.headers is empty');
  if (signature.pairs && signature.listLabel !== undefined)
    find(['signature', 'listLabel'], 'signature has both pairs and listLabel');
  if (signature.pairs && (signature.headers?.length ?? 0) > 1)
    find(['signature', 'pairs'], 'signature has pairs in several headers; a timestamp would belong to none');
  const constant = (part: MessagePart) => typeof part === 'string' || part.part === 'url' || part.part === 'method';
  if (message.every(constant)) find(['message'], 'message signs nothing that differs from one request to the next');
  if (message.includes('')) find(['message'], 'message has a text without a character');
  if (signature.json !== undefined && signs('body'))
    find(['message'], 'message signs the body, and the signature stands in that body: it cannot have been signed');
  if (signs('sortedForm') && readsJson(scheme))
    find(['message'], 'message signs the fields of a form, and the scheme also reads the body as JSON');
  const signsTimestamp = signs('timestamp');
  if (signsTimestamp && !timestamp) find(['message'], 'message signs a timestamp, and no timestamp is described');
  if (!timestamp) return problems;
  if ('pair' in timestamp.from && !signature.pairs)
    find(['timestamp', 'from'], 'timestamp stands in pairs, and signature has none');
  if ('pair' in timestamp.from && timestamp.from.pair === signature.pairs?.key)
    find(['timestamp', 'from'], 'timestamp and signature stand under the same key');
  const inSignedBody = 'json' in timestamp.from && signs('body');
  if (!signsTimestamp && !inSignedBody)
    find(['timestamp'], 'timestamp is not signed, so checking it would prove nothing');
  const tolerance = timestamp.toleranceSeconds;
  if (tolerance !== null && !(tolerance > 0 && Number.isFinite(tolerance)))
    find(['timestamp', 'toleranceSeconds'], 'timestamp.toleranceSeconds is neither null nor above 0');
  return problems;
}

/** The query parameters that a scheme reads, and where it names them. */
function readParameters(scheme: Scheme): { path: Problem['path']; name: string }[] {
  if (isKeyed(scheme))
    return scheme.message.flatMap((part, index) =>
      typeof part === 'object' && part.part === 'query' ? [{ path: ['message', index, 'name'], name: part.name }] : [],
    );
  const path = scheme.scheme === 'token' ? ['at', 'query'] : ['needs', 'query'];
  return needsOf(scheme).query.map((name) => ({ path, name }));
}

/** The headers that a scheme reads, as far as its data says, and where it names them. */
function readHeaders(scheme: Scheme): { path: Problem['path']; name: string }[] {
  if (!isKeyed(scheme))
    return credentialHeaders(scheme).map((name) => ({ path: scheme.scheme === 'token' ? ['at', 'header'] : [], name }));
  const { signature, timestamp, message } = scheme;
  const signed = message.flatMap((part, index) =>
    typeof part === 'object' && part.part === 'header' ? [{ path: ['message', index, 'name'], name: part.name }] : [],
  );
  const stamp =
    timestamp && 'header' in timestamp.from
      ? [{ path: ['timestamp', 'from', 'header'], name: timestamp.from.header }]
      : [];
  const own = headerNames(signature).map((name) => ({
    path: ['signature', signature.header === undefined ? 'headers' : 'header'],
    name,
  }));
  return [...own, ...stamp, ...signed];
}
