import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

const common = { MessageID: '883953f4-6105-42a2-a16a-77a8eac79483', MessageStream: 'outbound', ServerID: 23 };

export const guide: ProviderGuide = {
  id: 'postmark',
  setup: [
    'Choose a user name and a long random password out of letters and digits; the secret is user:password.',
    'Open the server, the message stream, Webhooks, and add a webhook with {url}; enter both under Basic auth credentials (or write https://user:password@… as URL).',
    'Choose the events and save.',
  ],
  secretFrom: 'you',
  proof: { kind: 'self', source: 'nothing is signed: user and password are compared' },
  samples: () =>
    Promise.resolve([
      jsonSample('Delivery', {
        RecordType: 'Delivery',
        ...common,
        Recipient: 'zoe@example.com',
        DeliveredAt: '2026-11-03T16:20:04Z',
        Details: 'Test $& 👋',
      }),
      jsonSample('Bounce', {
        RecordType: 'Bounce',
        ...common,
        ID: 42,
        Type: 'HardBounce',
        TypeCode: 1,
        Email: 'nobody@example.com',
        BouncedAt: '2026-11-03T16:20:09Z',
      }),
      jsonSample('SpamComplaint', {
        RecordType: 'SpamComplaint',
        ...common,
        ID: 43,
        Type: 'SpamComplaint',
        Email: 'zoe@example.com',
      }),
    ]),
};
