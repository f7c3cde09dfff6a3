import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

const base = { type: 'notification_event', app_id: 'a1b2c3d4', delivery_attempts: 1, first_sent_at: 1793724005 };

export const guide: ProviderGuide = {
  id: 'intercom',
  setup: [
    "In Intercom's Developer Hub open your app; under Basic information copy the client secret.",
    'Under Webhooks enter {url} as endpoint URL, choose the topics, and save. Intercom asks the URL with a HEAD request first.',
  ],
  secretFrom: 'provider',
  proof: { kind: 'self', source: "Intercom's documentation; no vector and no SDK that verifies" },
  samples: () =>
    Promise.resolve([
      jsonSample('conversation.user.created', {
        ...base,
        id: 'notif_8a3b1f20-b8e4-11f0-9c6b-0242ac120002',
        topic: 'conversation.user.created',
        created_at: 1793724005,
        data: { type: 'notification_event_data', item: { type: 'conversation', id: '1042', state: 'open' } },
      }),
      jsonSample('contact.user.created', {
        ...base,
        id: 'notif_91d0c2e4-b8e4-11f0-9c6b-0242ac120002',
        topic: 'contact.user.created',
        created_at: 1793724020,
        data: {
          type: 'notification_event_data',
          item: { type: 'contact', id: '690a31f2', name: 'Zoë Díaz', email: 'zoe@example.com' },
        },
      }),
      jsonSample('ping', {
        ...base,
        id: 'notif_9f6b7a10-b8e4-11f0-9c6b-0242ac120002',
        topic: 'ping',
        created_at: 1793724040,
        data: { type: 'notification_event_data', item: { type: 'ping', message: 'something something interzen' } },
      }),
    ]),
};
