import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

export const guide: ProviderGuide = {
  id: 'zapier',
  setup: [
    'In the Zap add the action Webhooks by Zapier, event POST, and enter {url}.',
    'Payload type JSON; under Data add event_type and event_id besides your own fields: an id of the trigger lets a repeated run be told from a new one.',
    'Under Headers add x-webhook-token with a long random text. For the field Basic Auth (user|password) set verify: basic instead; the secret is then user:password.',
  ],
  secretFrom: 'you',
  proof: { kind: 'self', source: 'nothing is signed: the token, or user and password, are compared' },
  samples: () =>
    Promise.resolve([
      jsonSample('lead.created', {
        event_type: 'lead.created',
        event_id: 'row-17',
        name: 'Zoë $& 👋',
        email: 'zoe@example.com',
      }),
      jsonSample('row.updated', { event_type: 'row.updated', event_id: 'row-18', sheet: 'Leads' }),
    ]),
};
