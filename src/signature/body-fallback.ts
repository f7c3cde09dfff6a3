import { isKeyed } from './keyed.ts';
import type { Scheme, VerifyOptions } from './scheme.ts';
import { type Body, decodeUtf8 } from './text.ts';
import type { SignedRequest, Verdict } from './types.ts';
import { verify } from './verify.ts';

/** A verdict, and the body that it is about. */
export interface Verified {
  verdict: Verdict;
  body: Body;
}

/**
 * Like {@link verify}, but a body that was put into base64 on its way (API Gateway does that to a body that it takes
 * for binary) is also tried decoded, if the signature covers the body. The body that is given back is the decoded one
 * only if that one verified. Gives a promise when {@link verify} does.
 */
export function verifyWithBodyFallback(
  scheme: Scheme,
  request: SignedRequest,
  secrets: readonly string[],
  options?: VerifyOptions,
): Verified | Promise<Verified> {
  const verdict = verify(scheme, request, secrets, options);
  return 'then' in verdict
    ? verdict.then((known) => orDecoded(known, scheme, request, secrets, options))
    : orDecoded(verdict, scheme, request, secrets, options);
}

function orDecoded(
  verdict: Verdict,
  scheme: Scheme,
  request: SignedRequest,
  secrets: readonly string[],
  options: VerifyOptions | undefined,
): Verified | Promise<Verified> {
  const asItIs = { verdict, body: request.body };
  if (verdict.ok || !mayBeEncoded.has(verdict.reason) || !coversContent(scheme)) return asItIs;
  const body = decodeBody(request.body);
  if (!body) return asItIs;
  const ofDecoded = verify(scheme, { ...request, body }, secrets, options);
  const better = (known: Verdict): Verified => (known.ok ? { verdict: known, body } : asItIs);
  return 'then' in ofDecoded ? ofDecoded.then(better) : better(ofDecoded);
}

/** What a body in base64 is refused for; the second where the scheme looks into the body. */
const mayBeEncoded = new Set(['signature_mismatch', 'malformed_body']);

function coversContent(scheme: Scheme): boolean {
  return isKeyed(scheme) || (scheme.scheme === 'code' && scheme.coversBody);
}

/** The bytes behind a body that is nothing but canonical base64. */
function decodeBody(body: Body): Buffer | undefined {
  const text = decodeUtf8(body);
  // Most bodies are JSON: told apart at once.
  if (text === undefined || text === '' || text.length % 4 !== 0 || /^[{[]/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
