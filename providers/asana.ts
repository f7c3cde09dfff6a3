import { defineProvider } from '../src/catalogue/define-provider.ts';

export const asana = defineProvider({
  id: 'asana',
  name: 'Asana',
  docs: 'https://developers.asana.com/docs/webhooks-guide',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    // What arrives as `x-hook-secret` while the webhook is created.
    key: 'utf8',
    signature: { header: 'x-hook-signature', encoding: 'hex' },
    message: [{ part: 'body' }],
  },
  direct: {
    supported: false,
    reason: 'Asana creates a webhook only after the URL has sent back the x-hook-secret of its first request',
  },
  headers: { 'content-type': 'always', 'x-hook-signature': 'always' },
  // A heartbeat every eight hours carries no events.
  eventType: [],
  items: { path: 'events', type: 'action', occurredAt: { path: 'created_at', unit: 'iso8601' } },
  deliveryId: 'hash',
  limits: { answerSeconds: 10 },
  retry: { text: 'with growing delays; after 24 hours of failures the webhook is deleted', horizonSeconds: 86_400 },
});
