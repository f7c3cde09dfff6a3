import { defineProvider } from '../src/catalogue/define-provider.ts';

export const calendly = defineProvider({
  id: 'calendly',
  name: 'Calendly',
  docs: 'https://developer.calendly.com/api-docs/overview/webhooks/webhook-signatures',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'utf8',
    signature: { header: 'calendly-webhook-signature', pairs: { separator: ',', key: 'v1' }, encoding: 'hex' },
    // Three minutes, as in the documentation's example.
    timestamp: { from: { pair: 't' }, unit: 'seconds', toleranceSeconds: 180 },
    message: [{ part: 'timestamp' }, '.', { part: 'body' }],
  },
  headers: { 'content-type': 'always', 'calendly-webhook-signature': 'always' },
  eventType: [{ json: 'event' }],
  // The body names the invitee and no delivery: canceling and booking again concern the same one.
  deliveryId: 'hash',
  occurredAt: [{ at: { json: 'created_at' }, unit: 'iso8601' }],
  // https://developer.calendly.com/api-docs/overview/webhooks/webhook-errors
  retry: { text: 'with exponential backoff for 24 hours; then the webhook is disabled', horizonSeconds: 86_400 },
});
