import { defineProvider } from '../src/catalogue/define-provider.ts';

export const vercel = defineProvider({
  id: 'vercel',
  name: 'Vercel',
  docs: 'https://vercel.com/docs/webhooks/webhooks-api#securing-webhooks',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    // SHA-1, for account webhooks and integrations alike.
    hash: 'sha1',
    key: 'utf8',
    signature: { header: 'x-vercel-signature', encoding: 'hex' },
    message: [{ part: 'body' }],
  },
  headers: { 'content-type': 'always', 'x-vercel-signature': 'always' },
  eventType: [{ json: 'type' }],
  deliveryId: { at: [{ json: 'id' }], signed: true },
  occurredAt: [{ at: { json: 'createdAt' }, unit: 'milliseconds' }],
  limits: { answerSeconds: 30 },
  retry: { text: 'with exponential backoff for up to 24 hours', horizonSeconds: 86_400 },
});
