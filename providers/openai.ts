import { defineProvider } from '../src/catalogue/define-provider.ts';
import { standardWebhooks } from '../src/signature/standard-webhooks.ts';

export const openai = defineProvider({
  id: 'openai',
  name: 'OpenAI',
  docs: 'https://platform.openai.com/docs/guides/webhooks',
  checkedAt: '2026-11-24',
  verify: standardWebhooks(),
  headers: {
    'content-type': 'always',
    'webhook-id': 'always',
    'webhook-timestamp': 'always',
    'webhook-signature': 'always',
  },
  eventType: [{ json: 'type' }],
  deliveryId: { at: [{ header: 'webhook-id' }], signed: true },
  occurredAt: [{ at: { json: 'created_at' }, unit: 'seconds' }],
  retry: { text: 'with exponential backoff for up to 72 hours', horizonSeconds: 72 * 3600 },
});
