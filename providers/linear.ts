import { defineProvider } from '../src/catalogue/define-provider.ts';

/** The last of three retries comes some seven hours after the first try. */
const retriesSeconds = 8 * 3600;

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
    // Not the header Linear-Timestamp: nothing signs that one. Linear recommends a minute, and so does its SDK; but receivers
    // that keep to it report that every retry is refused, since it comes with the body of the first try.
    timestamp: { from: { json: 'webhookTimestamp' }, unit: 'milliseconds', toleranceSeconds: retriesSeconds },
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
    horizonSeconds: retriesSeconds,
  },
  unconfirmed: ['retry'],
});
