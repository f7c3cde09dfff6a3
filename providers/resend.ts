import { defineProvider } from '../src/catalogue/define-provider.ts';
import { standardWebhooks } from '../src/signature/standard-webhooks.ts';

/** Resend sends through Svix. */
export const resend = defineProvider({
  id: 'resend',
  name: 'Resend',
  docs: 'https://resend.com/docs/webhooks/verify-webhooks-requests',
  checkedAt: '2026-11-24',
  verify: standardWebhooks('svix'),
  headers: { 'content-type': 'always', 'svix-id': 'always', 'svix-timestamp': 'always', 'svix-signature': 'always' },
  eventType: [{ json: 'type' }],
  deliveryId: { at: [{ header: 'svix-id' }], signed: true },
  occurredAt: [{ at: { json: 'created_at' }, unit: 'iso8601' }],
  limits: { answerSeconds: 15 },
  // https://resend.com/docs/webhooks/retries-and-replays
  retry: {
    text: 'seven retries after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h; by hand from the dashboard',
    horizonSeconds: 28 * 3600,
  },
});
