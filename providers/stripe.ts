import { defineProvider } from '../src/catalogue/define-provider.ts';

export const stripe = defineProvider({
  id: 'stripe',
  name: 'Stripe',
  docs: 'https://docs.stripe.com/webhooks#verify-manually',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    // The whole text, `whsec_` included: unlike Standard Webhooks, nothing is decoded.
    key: 'utf8',
    signature: { header: 'stripe-signature', pairs: { separator: ',', key: 'v1' }, encoding: 'hex' },
    timestamp: { from: { pair: 't' }, unit: 'seconds', toleranceSeconds: 300 },
    message: [{ part: 'timestamp' }, '.', { part: 'body' }],
  },
  headers: { 'content-type': 'always', 'stripe-signature': 'always' },
  eventType: [{ json: 'type' }],
  // Not `request.idempotency_key`: one API call emits many events.
  deliveryId: { at: [{ json: 'id' }], signed: true },
  occurredAt: [
    { at: { json: 'created' }, unit: 'seconds' },
    { at: { json: 'created' }, unit: 'iso8601' },
  ],
  retry: {
    text: 'live mode: for up to 3 days with exponential backoff; sandboxes: three times within hours; by hand from the dashboard',
    horizonSeconds: 3 * 86_400,
  },
});
