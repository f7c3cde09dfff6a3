import { defineProvider } from '../src/catalogue/define-provider.ts';

export const sendgrid = defineProvider({
  id: 'sendgrid',
  name: 'SendGrid',
  docs: 'https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'publicKey',
    algorithm: 'ecdsa-p256-sha256',
    key: 'spki-base64',
    signature: { header: 'x-twilio-email-event-webhook-signature', encoding: 'base64' },
    // SendGrid names no tolerance, and nothing says that a retry is signed anew.
    timestamp: {
      from: { header: 'x-twilio-email-event-webhook-timestamp' },
      unit: 'seconds',
      toleranceSeconds: null,
    },
    message: [{ part: 'timestamp' }, { part: 'body' }],
  },
  headers: {
    'content-type': 'always',
    'x-twilio-email-event-webhook-signature': 'always',
    'x-twilio-email-event-webhook-timestamp': 'always',
  },
  eventType: [],
  // Each item has its own id; a request has none.
  deliveryId: 'hash',
  items: { path: '', type: 'event', id: 'sg_event_id', occurredAt: { path: 'timestamp', unit: 'seconds' } },
  retry: { text: 'at growing intervals for up to 24 hours', horizonSeconds: 86_400 },
  unconfirmed: ['retry'],
});
