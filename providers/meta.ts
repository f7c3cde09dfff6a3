import { defineProvider } from '../src/catalogue/define-provider.ts';

/** Facebook, Instagram, Messenger and WhatsApp. */
export const meta = defineProvider({
  id: 'meta',
  name: 'Meta',
  docs: 'https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    // The app secret.
    key: 'utf8',
    // Meta signs the payload with its non-ASCII characters escaped, which is how it sends it.
    signature: { header: 'x-hub-signature-256', prefix: 'sha256=', encoding: 'hex' },
    message: [{ part: 'body' }],
  },
  direct: {
    supported: false,
    reason: 'Meta saves a callback URL only after the URL has answered its GET request with hub.challenge',
  },
  headers: { 'content-type': 'always', 'x-hub-signature-256': 'always' },
  // What the events are about; one request may hold many changes, each with its `field`.
  eventType: [{ json: 'object' }],
  deliveryId: 'hash',
  items: { path: 'entry' },
  retry: { text: 'less and less often for up to 36 hours; WhatsApp for up to 7 days', horizonSeconds: 7 * 86_400 },
  unconfirmed: ['retry'],
});
