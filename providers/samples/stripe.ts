import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

export const guide: ProviderGuide = {
  id: 'stripe',
  setup: [
    'In the Stripe dashboard open Developers > Webhooks (Workbench) and choose Add destination.',
    'Choose the events, then Webhook endpoint, and enter {url}.',
    'Open the destination and reveal its Signing secret; copy it whole, whsec_ included.',
  ],
  secretFrom: 'provider',
  // https://docs.stripe.com/keys
  otherCredentials: {
    prefixes: {
      sk_live_: 'a secret API key',
      sk_test_: 'a secret API key',
      rk_live_: 'a restricted API key',
      rk_test_: 'a restricted API key',
      pk_live_: 'a publishable API key',
      pk_test_: 'a publishable API key',
    },
    instead: 'the Signing secret of the webhook endpoint, which begins with whsec_',
  },
  proof: { kind: 'sdk', source: 'npm stripe signs (generateTestHeaderString) and verifies (constructEvent)' },
  samples: () =>
    Promise.resolve([
      jsonSample('payment_intent.succeeded', {
        id: 'evt_1QHookportSample0001',
        object: 'event',
        api_version: '2026-09-30.basil',
        created: 1793724005,
        data: {
          object: {
            id: 'pi_1QHookportSample01',
            object: 'payment_intent',
            amount: 4900,
            amount_received: 4900,
            currency: 'eur',
            status: 'succeeded',
            description: 'Ticket für $5 & more',
          },
        },
        livemode: false,
        pending_webhooks: 1,
        request: { id: 'req_8TzqHookport', idempotency_key: '0d5b1b0e-6f0c-4a9e-8f4a-2f2b5f9c1d11' },
        type: 'payment_intent.succeeded',
      }),
      jsonSample('customer.subscription.deleted', {
        id: 'evt_1QHookportSample0002',
        object: 'event',
        api_version: '2026-09-30.basil',
        created: 1793724900,
        data: { object: { id: 'sub_1QHookport', object: 'subscription', status: 'canceled', customer: 'cus_Q7x' } },
        livemode: false,
        pending_webhooks: 1,
        request: { id: null, idempotency_key: null },
        type: 'customer.subscription.deleted',
      }),
      jsonSample('v1.billing.meter.error_report_triggered', {
        id: 'evt_test_65QHookport',
        object: 'v2.core.event',
        type: 'v1.billing.meter.error_report_triggered',
        created: '2026-11-03T16:30:00.000Z',
        livemode: false,
        related_object: { id: 'mtr_test_61Q', type: 'billing.meter', url: '/v1/billing/meters/mtr_test_61Q' },
      }),
    ]),
};
