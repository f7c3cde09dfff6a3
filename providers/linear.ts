import { defineProvider } from '../src/catalogue/define-provider.ts';

export const linear = defineProvider({
  id: 'linear',
  name: 'Linear',
  docs: 'https://linear.app/developers/webhooks#securing-webhooks',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'utf8',
    signature: { header: 'linear-signature', encoding: 'hex' },
    // Not the header Linear-Timestamp: nothing signs that one.
    timestamp: { from: { json: 'webhookTimestamp' }, unit: 'milliseconds', toleranceSeconds: 60 },
    message: [{ part: 'body' }],
  },
  headers: {
    'content-type': 'always',
    'linear-signature': 'always',
    'linear-event': 'always',
    'linear-delivery': 'always',
    'linear-timestamp': 'sometimes',
  },
  eventType: [{ json: 'type' }],
  deliveryId: { at: [{ header: 'linear-delivery' }], signed: false },
  occurredAt: [{ at: { json: 'createdAt' }, unit: 'iso8601' }],
  limits: { answerSeconds: 5 },
  retry: {
    text: 'three retries: after 1 min, 1 h and 6 h; then the webhook may be switched off',
    horizonSeconds: 8 * 3600,
  },
  unconfirmed: ['retry'],
});
