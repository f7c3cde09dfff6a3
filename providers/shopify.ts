import { defineProvider } from '../src/catalogue/define-provider.ts';

export const shopify = defineProvider({
  id: 'shopify',
  name: 'Shopify',
  docs: 'https://shopify.dev/docs/apps/build/webhooks/subscribe/https#step-2-validate-the-origin-of-your-webhook-to-ensure-its-coming-from-shopify',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    // The app's client secret as it stands.
    key: 'utf8',
    signature: { header: 'x-shopify-hmac-sha256', encoding: 'base64' },
    message: [{ part: 'body' }],
  },
  headers: {
    'content-type': 'always',
    'x-shopify-hmac-sha256': 'always',
    'x-shopify-topic': 'always',
    'x-shopify-webhook-id': 'always',
    'x-shopify-shop-domain': 'always',
    'x-shopify-api-version': 'always',
    'x-shopify-event-id': 'sometimes',
    'x-shopify-triggered-at': 'sometimes',
    'x-shopify-name': 'sometimes',
    'x-shopify-sub-topic': 'sometimes',
  },
  eventType: [{ header: 'x-shopify-topic' }],
  deliveryId: { at: [{ header: 'x-shopify-webhook-id' }], signed: false },
  limits: { answerSeconds: 5 },
  retry: {
    text: 'eight retries over 4 hours, always with the first payload; after eight failures in a row a subscription made through the Admin API is deleted',
    horizonSeconds: 4 * 3600,
  },
});
