import type { Scheme, VerifyOptions } from './scheme.ts';
import { type Body, decodeUtf8 } from './text.ts';
import type { SignedRequest, Verdict } from './types.ts';
import { verify } from './verify.ts';

/**
 * Like {@link verify}, but a body that was put into base64 on its way (API Gateway does that to a body that it takes
 * for binary) is also tried decoded, if the signature covers the body.
 *
 * @returns The verdict, and the body that it is about: the decoded one only if that one verified.
 */
export async function verifyWithBodyFallback(
  scheme: Scheme,
  request: SignedRequest,
  secrets: readonly string[],
  options?: VerifyOptions,
): Promise<{ verdict: Verdict; body: Body }> {
  const asItIs = { verdict: await verify(scheme, request, secrets, options), body: request.body };
  if (asItIs.verdict.ok || !mayBeEncoded.has(asItIs.verdict.reason) || !coversContent(scheme)) return asItIs;
  const body = decodeBody(request.body);
  if (!body) return asItIs;
  const verdict = await verify(scheme, { ...request, body }, secrets, options);
  return verdict.ok ? { verdict, body } : asItIs;
}

/** What a body in base64 is refused for; the second where the scheme looks into the body. */
const mayBeEncoded = new Set(['signature_mismatch', 'malformed_body']);

function coversContent(scheme: Scheme): boolean {
  return scheme.scheme === 'hmac' || scheme.scheme === 'publicKey' || (scheme.scheme === 'code' && scheme.coversBody);
}

/** The bytes behind a body that is nothing but canonical base64. */
function decodeBody(body: Body): Buffer | undefined {
  const text = decodeUtf8(body);
  // Most bodies are JSON: told apart at once.
  if (text === undefined || text === '' || text.length % 4 !== 0 || /^[{[]/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
