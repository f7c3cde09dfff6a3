import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

export const guide: ProviderGuide = {
  id: 'square',
  setup: [
    "In Square's Developer Console open your application > Webhooks > Subscriptions and choose Add subscription.",
    'Enter {url} as notification URL and choose the events; set the same text as publicUrl of the source.',
    "Copy the Signature key from the subscription's page.",
  ],
  secretFrom: 'provider',
  proof: {
    kind: 'vector',
    source: "the example of Square's page on validation; what npm square 46 (WebhooksHelper) verified, as recorded",
  },
  samples: () =>
    Promise.resolve([
      jsonSample('payment.updated', {
        merchant_id: '6SSW7HV8K2ST5',
        type: 'payment.updated',
        event_id: '13b867cf-db3d-4b1c-90b6-2f32a9d78124',
        created_at: '2026-11-03T16:20:05.277Z',
        data: {
          type: 'payment',
          id: 'KkAkhdMsgzn59SM8A89WgKwekxLZY',
          object: { payment: { status: 'COMPLETED', amount_money: { amount: 1200, currency: 'CAD' }, note: 'Crêpes' } },
        },
      }),
      jsonSample('refund.created', {
        merchant_id: '6SSW7HV8K2ST5',
        type: 'refund.created',
        event_id: 'bc316346-6691-4243-88ed-6d651a0d0c47',
        created_at: '2026-11-03T16:26:11.904Z',
        data: { type: 'refund', id: 'KkAkhdMsgzn59SM8A89WgKwekxLZY_ptWZ', object: { refund: { status: 'PENDING' } } },
      }),
    ]),
};
