import type { ProviderGuide, Sample } from '../../src/catalogue/provider.ts';

function sample(event: string, fields: Readonly<Record<string, string>>): Sample {
  const body = new URLSearchParams({ alert_name: event, event_time: '2026-11-03 16:20:04', ...fields }).toString();
  return { event, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body };
}

export const guide: ProviderGuide = {
  id: 'paddle-classic',
  setup: [
    'In the Classic dashboard open Developer Tools > Alerts / Webhooks, enter {url} as URL for receiving webhook alerts, and choose the alerts.',
    'Copy the whole public key from Developer Tools > Public Key, with its first and its last line.',
  ],
  secretFrom: 'publicKey',
  proof: {
    kind: 'vector',
    source: 'the two fixtures of npm verify-paddle-webhook, which also verifies what ours signs',
  },
  samples: () =>
    Promise.resolve([
      sample('subscription_created', {
        alert_id: '1534261303',
        subscription_id: '8',
        subscription_plan_id: '6',
        email: 'zoe+test@example.com',
        passthrough: 'Grüße $& 👋',
        marketing_consent: '',
        status: 'active',
        quantity: '1',
      }),
      sample('payment_succeeded', {
        alert_id: '1534261304',
        order_id: '4',
        currency: 'EUR',
        sale_gross: '49.00',
        email: 'zoe@example.com',
      }),
    ]),
};
