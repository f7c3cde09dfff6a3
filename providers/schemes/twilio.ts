import { createHash } from 'node:crypto';
import type { CodeScheme, HmacScheme, MessagePart } from '../../src/signature/scheme.ts';
import { sign } from '../../src/signature/sign.ts';
import type { Body } from '../../src/signature/text.ts';
import { verify } from '../../src/signature/verify.ts';

/** Form posts: the URL, then the fields. https://www.twilio.com/docs/usage/security#validating-requests */
export const twilioForm: HmacScheme = hmacSha1([{ part: 'url' }, { part: 'sortedForm' }]);

const urlAlone = hmacSha1([{ part: 'url' }]);

/**
 * JSON posts: the signature covers the URL alone, and Twilio adds the body's hash to the URL as the query parameter
 * `bodySHA256`. What that parameter must be is known from the body, so the one that arrived need not be kept.
 */
export const twilioJson: CodeScheme = {
  scheme: 'code',
  summary: 'HMAC-SHA1 over the URL with the SHA-256 of the body in its query, base64',
  coversBody: true,
  needs: { url: true, method: false, query: [] },
  verify: (request, secrets, options) =>
    verify(urlAlone, { ...request, ...withBodyHash(request.url, request.body) }, secrets, options),
  sign: (request, secret) => sign(urlAlone, { ...request, ...withBodyHash(request.url, request.body) }, secret),
};

/** The secret is the account's primary auth token. */
function hmacSha1(message: readonly MessagePart[]): HmacScheme {
  const signature = { header: 'x-twilio-signature', encoding: 'base64' } as const;
  return { scheme: 'hmac', hash: 'sha1', key: 'utf8', signature, message };
}

function withBodyHash(url: string | undefined, body: Body): { url?: string } {
  if (url === undefined) return {};
  const hash = createHash('sha256').update(body).digest('hex');
  return { url: `${url}${url.includes('?') ? '&' : '?'}bodySHA256=${hash}` };
}
