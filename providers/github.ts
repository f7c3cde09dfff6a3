import { timingSafeEqual } from 'node:crypto';
import { sign } from '@octokit/webhooks-methods';
import { defineProvider } from '../src/catalogue/define-provider.ts';
import { readHeader } from '../src/signature/headers.ts';
import { refuse } from '../src/signature/refusal.ts';
import { decodeUtf8 } from '../src/signature/text.ts';
import type { Verdict } from '../src/signature/types.ts';

const signatureHeader = 'x-hub-signature-256';
/** "sha256=" and 64 hex digits. */
const signatureLength = 71;

const malformed = refuse('malformed_signature', `the header ${signatureHeader} is not "sha256=" and 64 hex digits`);
const mismatch = refuse('signature_mismatch', 'no active secret gives the signature that this request carries');

/**
 * Has the library make the signature of each secret, and compares it as the library's own `verify` would. That one waits for
 * a promise more and makes two buffers for each comparison, which is a tenth of it all; so would `async` here.
 */
function firstThatMatches(
  secrets: readonly string[],
  text: string,
  signature: string,
  secretIndex = 0,
): Verdict | Promise<Verdict> {
  const secret = secrets[secretIndex];
  if (secret === undefined) return noneMatches(secrets, text, signature);
  return sign(secret, text).then((expected) =>
    isSame(expected, signature)
      ? { ok: true, secretIndex }
      : firstThatMatches(secrets, text, signature, secretIndex + 1),
  );
}

const made = Buffer.alloc(signatureLength);
const given = Buffer.alloc(signatureLength);

/** In constant time. A character beyond ASCII takes more than one byte and equals none of a signature's. */
function isSame(expected: string, signature: string): boolean {
  const whole = made.write(expected) === signatureLength && given.write(signature) === signatureLength;
  return whole && timingSafeEqual(made, given);
}

/** Looks at the form last, since a signature that matches has it. In upper case it is the same signature. */
function noneMatches(secrets: readonly string[], text: string, signature: string): Verdict | Promise<Verdict> {
  if (!hexDigits.test(signature)) return malformed;
  return upperCase.test(signature) ? firstThatMatches(secrets, text, signature.toLowerCase()) : mismatch;
}

const hexDigits = /^sha256=[0-9a-f]+$/i;
const upperCase = /[A-Z]/;

/** Signs with GitHub's own library, to verify too; it takes the body as a string. */
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
      if (signature.length !== signatureLength) return malformed;
      const text = decodeUtf8(body);
      if (text === undefined || text === '') return refuse('malformed_body', 'the body is empty or not UTF-8');
      return firstThatMatches(secrets, text, signature);
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
