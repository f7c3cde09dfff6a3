import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

export const guide: ProviderGuide = {
  id: 'zapier',
  setup: [
    'In the Zap add the action Webhooks by Zapier, event POST, and enter {url}. Payload Type: Json (Form works too). Wrap Request In Array: no. Unflatten: yes.',
    'Under Data add, besides your own fields, event_type with a text that you choose, such as lead.created, and event_id with the id of what triggered the Zap, such as the row’s or the record’s: by it, a run that is repeated can be told from a new one. Without event_id the content counts.',
    'Under Headers add x-webhook-token with a long random text: that is the secret. Or leave that out, set `verify: basic` in the YAML, and enter user|password in the field Basic Auth: the secret is then user:password, with a colon.',
    'Test the step, then publish the Zap. Turn Autoreplay on if Zapier shall send again what could not be taken.',
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
