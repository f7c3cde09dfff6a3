import { defineProvider } from '../src/catalogue/define-provider.ts';

export const square = defineProvider({
  id: 'square',
  name: 'Square',
  docs: 'https://developer.squareup.com/docs/webhooks/step3validate',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'utf8',
    signature: { header: 'x-square-hmacsha256-signature', encoding: 'base64' },
    message: [{ part: 'url' }, { part: 'body' }],
  },
  headers: {
    'content-type': 'always',
    'x-square-hmacsha256-signature': 'always',
    'square-environment': 'sometimes',
    'square-retry-number': 'sometimes',
    'square-retry-reason': 'sometimes',
    'square-initial-delivery-timestamp': 'sometimes',
  },
  eventType: [{ json: 'type' }],
  deliveryId: { at: [{ json: 'event_id' }], signed: true },
  occurredAt: [{ at: { json: 'created_at' }, unit: 'iso8601' }],
  limits: { answerSeconds: 10 },
  retry: { text: 'for 24 hours; older pages of the documentation say 72', horizonSeconds: 72 * 3600 },
});
