import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

function sample(event: string, eventId: string, payload: object) {
  const body = {
    entity: 'event',
    account_id: 'acc_BFQ7uQEaa7j2z7',
    event,
    contains: Object.keys(payload),
    payload,
    created_at: 1793722804,
  };
  return jsonSample(event, body, { 'x-razorpay-event-id': eventId });
}

export const guide: ProviderGuide = {
  id: 'razorpay',
  setup: [
    'In the dashboard open Account & Settings > Webhooks and choose Add New Webhook; URL {url}.',
    'Enter a long random secret and keep it; it need not be the API secret.',
    'Choose the events and create it, in test and in live mode separately.',
  ],
  secretFrom: 'you',
  proof: {
    kind: 'vector',
    source: 'test/utils/razorpay-utils.spec.js of razorpay/razorpay-node; npm razorpay verifies what ours signs',
  },
  samples: () =>
    Promise.resolve([
      sample('payment.captured', 'LQK4VQ2NCvFxMT', {
        payment: {
          entity: {
            id: 'pay_DESlfW9H8K9uqM',
            amount: 4900,
            currency: 'INR',
            status: 'captured',
            description: 'Grüße $& 👋',
          },
        },
      }),
      sample('order.paid', 'LQK5WR3ODwGyNU', {
        order: { entity: { id: 'order_DESlLckIVRkHWj', amount: 4900, status: 'paid' } },
      }),
    ]),
};
