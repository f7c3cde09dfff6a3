import { defineProvider } from '../src/catalogue/define-provider.ts';

export const mux = defineProvider({
  id: 'mux',
  name: 'Mux',
  docs: 'https://www.mux.com/docs/core/verify-webhook-signatures',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'utf8',
    signature: { header: 'mux-signature', pairs: { separator: ',', key: 'v1' }, encoding: 'hex' },
    timestamp: { from: { pair: 't' }, unit: 'seconds', toleranceSeconds: 300 },
    message: [{ part: 'timestamp' }, '.', { part: 'body' }],
  },
  headers: { 'content-type': 'always', 'mux-signature': 'always' },
  eventType: [{ json: 'type' }],
  deliveryId: { at: [{ json: 'id' }], signed: true },
  occurredAt: [{ at: { json: 'created_at' }, unit: 'iso8601' }],
  retry: { text: 'with growing delays for up to 24 hours', horizonSeconds: 86_400 },
  unconfirmed: ['retry'],
});
