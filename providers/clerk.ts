import { defineProvider } from '../src/catalogue/define-provider.ts';
import { standardWebhooks } from '../src/signature/standard-webhooks.ts';

/** Clerk sends through Svix. */
export const clerk = defineProvider({
  id: 'clerk',
  name: 'Clerk',
  docs: 'https://clerk.com/docs/guides/development/webhooks/overview',
  checkedAt: '2026-11-24',
  verify: standardWebhooks('svix'),
  headers: { 'content-type': 'always', 'svix-id': 'always', 'svix-timestamp': 'always', 'svix-signature': 'always' },
  eventType: [{ json: 'type' }],
  deliveryId: { at: [{ header: 'svix-id' }], signed: true },
  occurredAt: [{ at: { json: 'timestamp' }, unit: 'milliseconds' }],
  limits: { answerSeconds: 15 },
  retry: {
    text: "Svix's schedule: seven retries after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h; by hand from the dashboard",
    horizonSeconds: 28 * 3600,
  },
});
