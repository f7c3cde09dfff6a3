import { defineProvider } from '../src/catalogue/define-provider.ts';

export const razorpay = defineProvider({
  id: 'razorpay',
  name: 'Razorpay',
  docs: 'https://razorpay.com/docs/webhooks/validate-test/',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'utf8',
    signature: { header: 'x-razorpay-signature', encoding: 'hex' },
    message: [{ part: 'body' }],
  },
  headers: { 'content-type': 'always', 'x-razorpay-signature': 'always', 'x-razorpay-event-id': 'always' },
  eventType: [{ json: 'event' }],
  deliveryId: { at: [{ header: 'x-razorpay-event-id' }], signed: false },
  occurredAt: [{ at: { json: 'created_at' }, unit: 'seconds' }],
  limits: { answerSeconds: 5 },
  // https://razorpay.com/docs/webhooks/best-practices
  retry: { text: 'with exponential backoff for 24 hours; then the webhook is disabled', horizonSeconds: 86_400 },
});
