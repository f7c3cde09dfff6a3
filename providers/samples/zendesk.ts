import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

export const guide: ProviderGuide = {
  id: 'zendesk',
  setup: [
    'In the Admin Center open Apps and integrations > Webhooks and choose "Create webhook".',
    'Choose Zendesk events, or triggers and automations; one webhook cannot take both.',
    'Endpoint URL: {url}. Request method: POST. Request format: JSON. No authentication.',
    'Create it, open it, choose "Reveal secret" and copy it: it is the source’s secret, as it is written.',
    '"Test webhook" before the webhook is created signs with a secret that Zendesk publishes; Hookport rejects that.',
  ],
  secretFrom: 'provider',
  proof: {
    kind: 'self',
    source: 'the documented formula, computed independently; Zendesk publishes no vector that is exact to the byte',
  },
  samples: () =>
    Promise.resolve([
      jsonSample(
        'zen:event-type:ticket.status_changed',
        {
          account_id: 12514403,
          detail: { id: '5158', subject: 'Grüße & $& from a customer', status: 'SOLVED', is_public: true },
          event: { current: 'SOLVED', previous: 'OPEN' },
          id: '01JHOOKPORT000000000000001',
          subject: 'zen:ticket:5158',
          time: '2026-11-03T16:20:01.000000000Z',
          type: 'zen:event-type:ticket.status_changed',
          zendesk_event_version: '2022-11-06',
        },
        headers(1),
      ),
      jsonSample(
        'zen:event-type:user.created',
        {
          account_id: 12514403,
          detail: { id: '6596848315901', email: 'someone@example.com', role: 'end-user' },
          event: {},
          id: '01JHOOKPORT000000000000002',
          subject: 'zen:user:6596848315901',
          time: '2026-11-03T16:21:01.000000000Z',
          type: 'zen:event-type:user.created',
          zendesk_event_version: '2022-06-20',
        },
        headers(2),
      ),
      // A trigger's body is what the customer wrote: no type, no id.
      jsonSample('trigger', { ticket: '5158', title: 'My printer is on fire', requester: 'Someone' }, headers(3)),
    ]),
};

function headers(number: number): Record<string, string> {
  return {
    'x-zendesk-webhook-invocation-id': `01JHOOKPORTINVOCATION0000${number}`,
  };
}
