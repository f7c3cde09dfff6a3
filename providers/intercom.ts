import { defineProvider } from '../src/catalogue/define-provider.ts';

export const intercom = defineProvider({
  id: 'intercom',
  name: 'Intercom',
  docs: 'https://developers.intercom.com/docs/webhooks/setting-up-webhooks',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha1',
    // The app's client secret.
    key: 'utf8',
    signature: { header: 'x-hub-signature', prefix: 'sha1=', encoding: 'hex' },
    message: [{ part: 'body' }],
  },
  direct: {
    supported: false,
    reason:
      'Intercom saves an endpoint URL only after the URL has answered its HEAD request, and an endpoint takes POST alone',
  },
  headers: { 'content-type': 'always', 'x-hub-signature': 'always' },
  eventType: [{ json: 'topic' }],
  deliveryId: { at: [{ json: 'id' }], signed: true },
  occurredAt: [{ at: { json: 'created_at' }, unit: 'seconds' }],
  limits: { answerSeconds: 5 },
  // The pauses: https://developers.intercom.com/docs/webhooks/webhook-notifications
  retry: {
    text: 'one retry after 1 min; after 1,000 errors in 15 min a pause of 15 min; after seven days of errors the subscription is suspended',
    horizonSeconds: 3600,
  },
  unconfirmed: ['retry', 'answerSeconds'],
});
