import { sign } from '@octokit/webhooks-methods';
import { defineProvider } from '../src/catalogue/define-provider.ts';
import { decodeUtf8 } from '../src/signature/text.ts';

const signatureHeader = 'x-hub-signature-256';
/**
 * Signs with GitHub's own library, to verify too; it takes the body as a string. Its own `verify` waits for a promise more and
 * makes two buffers for each comparison.
 */
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
    header: signatureHeader,
    form: /^sha256=[0-9a-f]{64}$/,
    formText: '"sha256=" and 64 hex digits',
    make: sign,
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
