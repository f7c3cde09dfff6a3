import { defineProvider } from '../src/catalogue/define-provider.ts';

/** Paddle Billing; the older Paddle Classic signs in another way. */
export const paddle = defineProvider({
  id: 'paddle',
  name: 'Paddle',
  docs: 'https://developer.paddle.com/webhooks/signature-verification',
  checkedAt: '2026-06-30',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'utf8',
    // While a secret is rotated there is one h1 for each; all of them count.
    signature: { header: 'paddle-signature', pairs: { separator: ';', key: 'h1' }, encoding: 'hex' },
    // Paddle's libraries allow 5 s, against the time of the check; ours is the arrival, and clocks differ.
    timestamp: { from: { pair: 'ts' }, unit: 'seconds', toleranceSeconds: 300 },
    message: [{ part: 'timestamp' }, ':', { part: 'body' }],
  },
  headers: { 'content-type': 'always', 'paddle-signature': 'always' },
  eventType: [{ json: 'event_type' }],
  deliveryId: { at: [{ json: 'event_id' }], signed: true },
  occurredAt: [{ at: { json: 'occurred_at' }, unit: 'iso8601' }],
  limits: { answerSeconds: 5 },
  retry: {
    text: 'live: up to 60 times within 3 days; sandbox: 3 times within 15 minutes; what is exhausted can be replayed',
    horizonSeconds: 3 * 24 * 60 * 60,
  },
});
