import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

const common = {
  created_at: '2026-11-03T16:20:04.000000Z',
  created_by: 'https://api.calendly.com/users/AAAAAAAAAAAAAAAA',
};

export const guide: ProviderGuide = {
  id: 'calendly',
  setup: [
    'Webhooks are made by the API: POST https://api.calendly.com/webhook_subscriptions with url {url}, events, organization, scope and signing_key.',
    'Choose a long random text as signing_key and keep it. For an OAuth app, Calendly makes the key and shows it with the app.',
  ],
  secretFrom: 'you',
  proof: { kind: 'self', source: 'Calendly publishes neither a vector nor a package that verifies' },
  samples: () =>
    Promise.resolve([
      jsonSample('invitee.created', {
        event: 'invitee.created',
        ...common,
        payload: {
          uri: 'https://api.calendly.com/scheduled_events/GBGBDCAADAEDCRZ2/invitees/AAAAAAAAAAAAAAAA',
          email: 'zoe@example.com',
          name: 'Zoë $& 👋',
          status: 'active',
          timezone: 'Europe/Berlin',
        },
      }),
      jsonSample('invitee.canceled', {
        event: 'invitee.canceled',
        ...common,
        payload: {
          uri: 'https://api.calendly.com/scheduled_events/GBGBDCAADAEDCRZ2/invitees/AAAAAAAAAAAAAAAA',
          email: 'zoe@example.com',
          status: 'canceled',
          cancellation: { canceled_by: 'Zoë', reason: 'ill', canceler_type: 'invitee' },
        },
      }),
    ]),
};
