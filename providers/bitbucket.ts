import { defineProvider } from '../src/catalogue/define-provider.ts';

export const bitbucket = defineProvider({
  id: 'bitbucket',
  name: 'Bitbucket Cloud',
  docs: 'https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'utf8',
    // At GitHub, Meta and Intercom a header of this name holds SHA-1.
    signature: { header: 'x-hub-signature', prefix: 'sha256=', encoding: 'hex' },
    message: [{ part: 'body' }],
  },
  headers: {
    'content-type': 'always',
    'x-hub-signature': 'always',
    'x-event-key': 'always',
    'x-request-uuid': 'always',
    'x-hook-uuid': 'always',
    'x-attempt-number': 'sometimes',
  },
  eventType: [{ header: 'x-event-key' }],
  deliveryId: { at: [{ header: 'x-request-uuid' }], signed: false },
  // A larger payload is not sent at all, without notice.
  limits: { bodyBytes: 256 * 1024, answerSeconds: 10 },
  retry: { text: 'up to two retries; by hand from the request log', horizonSeconds: 3600 },
  unconfirmed: ['retry', 'answerSeconds'],
});
