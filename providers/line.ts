import { defineProvider } from '../src/catalogue/define-provider.ts';

/** The Messaging API. */
export const line = defineProvider({
  id: 'line',
  name: 'LINE',
  docs: 'https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    // The channel secret.
    key: 'utf8',
    signature: { header: 'x-line-signature', encoding: 'base64' },
    message: [{ part: 'body' }],
  },
  headers: { 'content-type': 'always', 'x-line-signature': 'always' },
  // The Verify button of the console sends a request without events.
  eventType: [],
  items: {
    path: 'events',
    type: 'type',
    id: 'webhookEventId',
    occurredAt: { path: 'timestamp', unit: 'milliseconds' },
  },
  // A redelivery says so in the body (deliveryContext.isRedelivery), so its hash is another: an item's id tells.
  deliveryId: 'hash',
  limits: { answerSeconds: 2 },
  retry: { text: 'none unless webhook redelivery is switched on in the console', horizonSeconds: 86_400 },
  unconfirmed: ['retry', 'answerSeconds'],
});
