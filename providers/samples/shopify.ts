import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

const shop = { 'x-shopify-shop-domain': 'hookport-sample.myshopify.com', 'x-shopify-api-version': '2026-10' };

export const guide: ProviderGuide = {
  id: 'shopify',
  setup: [
    'For an app: declare the subscription in shopify.app.toml with uri = "{url}" and deploy; the secret is the app\'s client secret.',
    'For one store: Settings > Notifications > Webhooks > Create webhook, format JSON, URL {url}; the secret stands under the list.',
    "A webhook that is set off by hand on the Notifications page is signed with the store's secret, not with an app's.",
    'After the secret has been rotated, Shopify may sign with the old one for up to an hour: keep both.',
  ],
  secretFrom: 'provider',
  // Not shpss_, with which newer client secrets begin: https://shopify.dev/changelog/app-secret-key-length-has-increased
  otherCredentials: {
    prefixes: { shpat_: 'an access token', shpca_: 'an access token', shppa_: 'an access token' },
    instead: "the app's client secret, or for a webhook of the store the secret under the list of webhooks",
  },
  proof: { kind: 'sdk', source: 'what npm @shopify/shopify-api 15 (webhooks.validate) verified, as recorded' },
  samples: () =>
    Promise.resolve([
      jsonSample(
        'orders/create',
        {
          id: 820982911946154500,
          name: '#1042',
          email: 'jon@example.com',
          created_at: '2026-11-03T11:20:05-05:00',
          currency: 'CAD',
          total_price: '403.00',
          line_items: [{ id: 866550311766439000, title: 'Crème brûlée torch', quantity: 1, price: '199.00' }],
        },
        {
          ...shop,
          'x-shopify-topic': 'orders/create',
          'x-shopify-webhook-id': 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
          'x-shopify-event-id': '98880550-7158-44d4-b7cd-2c97c8a091b5',
        },
      ),
      jsonSample(
        'app/uninstalled',
        { id: 548380009, name: 'Hookport Sample', domain: 'hookport-sample.myshopify.com', country: 'CA' },
        {
          ...shop,
          'x-shopify-topic': 'app/uninstalled',
          'x-shopify-webhook-id': '0c1e5f02-7f3f-4d7a-9a0b-55c0a4b1d9e2',
          'x-shopify-event-id': '4f6f2b6e-6a1c-4a53-8a2e-0d1f6f5cf001',
        },
      ),
    ]),
};
