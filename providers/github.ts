import { sign, verify } from '@octokit/webhooks-methods';
import { defineProvider } from '../src/catalogue/define-provider.ts';
import { readHeader } from '../src/signature/headers.ts';
import { refuse } from '../src/signature/refusal.ts';
import { decodeUtf8 } from '../src/signature/text.ts';
import type { Verdict } from '../src/signature/types.ts';

const signatureHeader = 'x-hub-signature-256';

const malformed = refuse('malformed_signature', `the header ${signatureHeader} is not "sha256=" and 64 hex digits`);
const mismatch = refuse('signature_mismatch', 'no active secret gives the signature that this request carries');

/** Asks the library secret by secret. Without `async`, whose promise of its own costs as much as hashing 100 bytes. */
function firstThatMatches(
  secrets: readonly string[],
  text: string,
  signature: string,
  secretIndex = 0,
): Verdict | Promise<Verdict> {
  const secret = secrets[secretIndex];
  // Looked at last: a signature that matches is hex.
  if (secret === undefined) return hexDigits.test(signature) ? mismatch : malformed;
  return verify(secret, text, signature).then((matches) =>
    matches ? { ok: true, secretIndex } : firstThatMatches(secrets, text, signature, secretIndex + 1),
  );
}

const hexDigits = /^sha256=[0-9a-f]+$/;

/** Signs and verifies with GitHub's own library, which takes the body as a string. */
export const github = defineProvider({
  id: 'github',
  name: 'GitHub',
  docs: 'https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries',
  checkedAt: '2026-08-17',
  verify: {
    scheme: 'code',
    summary: 'HMAC-SHA256 of the body, hex after "sha256="',
    coversBody: true,
    explainedBy: {
      scheme: 'hmac',
      hash: 'sha256',
      key: 'utf8',
      signature: { header: signatureHeader, prefix: 'sha256=', encoding: 'hex' },
      message: [{ part: 'body' }],
    },
    verify({ headers, body }, secrets) {
      const signature = readHeader(headers, signatureHeader);
      if (signature === undefined)
        return refuse('missing_signature', `the header ${signatureHeader} is absent or empty`);
      if (typeof signature === 'object') return signature;
      if (signature.length !== 71) return malformed;
      const text = decodeUtf8(body);
      if (text === undefined || text === '') return refuse('malformed_body', 'the body is empty or not UTF-8');
      return firstThatMatches(secrets, text, signature.toLowerCase());
    },
    async sign({ body }, secret) {
      return { headers: { [signatureHeader]: await sign(secret, decodeUtf8(body) ?? '') }, body };
    },
  },
  headers: {
    'content-type': 'always',
    'x-github-delivery': 'always',
    'x-github-event': 'always',
    'x-github-hook-id': 'always',
    'x-hub-signature-256': 'always',
  },
  eventType: [{ header: 'x-github-event' }],
  // The signature covers the body alone; the id stays the same on a manual redelivery.
  deliveryId: { at: [{ header: 'x-github-delivery' }], signed: false },
  formPayload: 'payload',
  limits: { bodyBytes: 25 * 1024 * 1024, answerSeconds: 10 },
  retry: {
    text: 'never by itself; a person or the API can redeliver what is at most 3 days old',
    horizonSeconds: 3 * 24 * 60 * 60,
  },
});
