import { defineProvider } from '../src/catalogue/define-provider.ts';
import { standardWebhooks, standardWebhooksPublicKey } from '../src/signature/standard-webhooks.ts';

export const svix = defineProvider({
  id: 'svix',
  name: 'Svix',
  docs: 'https://docs.svix.com/receiving/verifying-payloads/how',
  checkedAt: '2026-11-24',
  // A sender may give an endpoint an Ed25519 key in place of a secret: default_signature_type of svix/svix-webhooks.
  verify: { alternatives: { v1: standardWebhooks('svix'), v1a: standardWebhooksPublicKey('svix') } },
  headers: { 'content-type': 'always', 'svix-id': 'always', 'svix-timestamp': 'always', 'svix-signature': 'always' },
  // Svix leaves the body to its customers; most put the type there.
  eventType: [{ json: 'type' }, { json: 'eventType' }, { json: 'event_type' }],
  deliveryId: { at: [{ header: 'svix-id' }], signed: true },
  limits: { answerSeconds: 15 },
  // https://docs.svix.com/retries
  retry: {
    text: 'seven retries after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h; by hand from the portal',
    horizonSeconds: 28 * 3600,
  },
});
