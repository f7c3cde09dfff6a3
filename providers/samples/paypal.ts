import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

export const guide: ProviderGuide = {
  id: 'paypal',
  setup: [
    "In PayPal's Developer Dashboard open Apps & Credentials, choose Live or Sandbox, open the app, and add a webhook with {url}.",
    'Copy the Webhook ID from the list: it takes the place of the secret here, though it is no secret. For a sandbox app set verify: sandbox.',
    "PayPal signs a CRC-32 of the body, which others can match: before money depends on it, fetch the event by its id from PayPal's API.",
    "Events of PayPal's webhook simulator are not signed for your webhook and are refused.",
  ],
  secretFrom: 'provider',
  proof: {
    kind: 'vector',
    source:
      'a real sandbox delivery in the tests of paypal/PayPal-Ruby-SDK and PayPal-Python-SDK, with its certificate from those of PayPal-node-SDK',
  },
  samples: () =>
    Promise.resolve([
      jsonSample('PAYMENT.CAPTURE.COMPLETED', {
        id: 'WH-58D329510W468432D-8HN650336L201105X',
        event_version: '1.0',
        create_time: '2026-11-03T16:20:05.000Z',
        resource_type: 'capture',
        event_type: 'PAYMENT.CAPTURE.COMPLETED',
        summary: 'Payment completed for EUR 49.00',
        resource: { id: '2GG279541U471931P', status: 'COMPLETED', amount: { currency_code: 'EUR', value: '49.00' } },
      }),
      jsonSample('BILLING.SUBSCRIPTION.CANCELLED', {
        id: 'WH-77687562XN25889J8-8Y6T55435R66168T6',
        event_version: '1.0',
        create_time: '2026-11-03T16:30:12.000Z',
        resource_type: 'subscription',
        event_type: 'BILLING.SUBSCRIPTION.CANCELLED',
        summary: 'Subscription cancelled',
        resource: { id: 'I-BW452GLLEP1G', status: 'CANCELLED', plan_id: 'P-5ML4271244454362WXNWU5NQ' },
      }),
    ]),
};
