import { defineProvider } from '../src/catalogue/define-provider.ts';
import { standardWebhooks, standardWebhooksPublicKey } from '../src/signature/standard-webhooks.ts';

/** Any sender that follows the specification; for several of them there is a definition of their own. */
export const standardWebhooksProvider = defineProvider({
  id: 'standard-webhooks',
  name: 'Standard Webhooks',
  docs: 'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
  checkedAt: '2026-11-24',
  verify: { alternatives: { v1: standardWebhooks(), v1a: standardWebhooksPublicKey() } },
  headers: {
    'content-type': 'always',
    'webhook-id': 'always',
    'webhook-timestamp': 'always',
    'webhook-signature': 'always',
  },
  eventType: [{ json: 'type' }],
  deliveryId: { at: [{ header: 'webhook-id' }], signed: true },
  occurredAt: [{ at: { json: 'timestamp' }, unit: 'iso8601' }],
  // The specification asks for 15 to 30 seconds.
  limits: { answerSeconds: 15 },
  retry: {
    text: 'the specification suggests nine retries after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h; each sender decides',
    horizonSeconds: 76 * 3600,
  },
});
