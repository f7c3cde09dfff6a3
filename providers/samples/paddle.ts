import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide, Sample } from '../../src/catalogue/provider.ts';

export const guide: ProviderGuide = {
  id: 'paddle',
  setup: [
    'In Paddle open Developer tools > Notifications and choose "New destination".',
    'Notification type: webhook. URL: {url}. Choose the events and the traffic (platform, simulation or both).',
    'Save, open the destination again, and copy its secret key (pdl_ntfset_…): it is the source’s secret.',
    'Sandbox and live are separate accounts: each has its destination and its secret.',
  ],
  secretFrom: 'provider',
  proof: {
    kind: 'vector',
    source: 'the example of Paddle’s Go SDK; npm @paddle/paddle-node-sdk verifies what we sign',
  },
  samples: () =>
    Promise.resolve([
      event(1, 'transaction.completed', {
        id: 'txn_01jhookport0000000000000001',
        status: 'completed',
        customer_id: 'ctm_01jhookport0000000000000001',
        subscription_id: 'sub_01jhookport0000000000000001',
        currency_code: 'EUR',
        collection_mode: 'automatic',
        details: { totals: { subtotal: '4900', tax: '931', total: '5831', currency_code: 'EUR' } },
        custom_data: { note: 'Grüße, $& and $1 stay as they are' },
        billed_at: '2026-11-03T16:20:00.123456Z',
      }),
      event(2, 'subscription.created', {
        id: 'sub_01jhookport0000000000000001',
        status: 'active',
        customer_id: 'ctm_01jhookport0000000000000001',
        currency_code: 'EUR',
        billing_cycle: { interval: 'month', frequency: 1 },
        next_billed_at: '2026-12-03T16:20:00Z',
        items: [{ status: 'active', quantity: 1, price: { id: 'pri_01jhookport0000000000000001' } }],
        custom_data: null,
      }),
      event(3, 'subscription.canceled', {
        id: 'sub_01jhookport0000000000000001',
        status: 'canceled',
        customer_id: 'ctm_01jhookport0000000000000001',
        canceled_at: '2026-11-04T09:00:00Z',
        custom_data: null,
      }),
    ]),
};

function event(number: number, type: string, data: unknown): Sample {
  const id = `01jhookport000000000000000${number}`;
  return jsonSample(type, {
    event_id: `evt_${id}`,
    event_type: type,
    occurred_at: '2026-11-03T16:20:01.654321Z',
    notification_id: `ntf_${id}`,
    data,
  });
}
