import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

export const guide: ProviderGuide = {
  id: 'zoom',
  setup: [
    'On marketplace.zoom.us open your app; under Access (or Feature) copy the Secret Token.',
    'Add an event subscription with {url} as event notification endpoint; Zoom asks it to answer a challenge, now and every 72 hours.',
    'Choose the event types, save, and activate the app.',
  ],
  secretFrom: 'provider',
  proof: {
    kind: 'self',
    source:
      "Zoom's documentation; the signed content is Slack's, whose vector the tests use; no SDK that verifies offline",
  },
  samples: () =>
    Promise.resolve([
      jsonSample('meeting.started', {
        event: 'meeting.started',
        event_ts: 1793724005123,
        payload: {
          account_id: 'AbCdEfGhIjKlMnOpQrStUv',
          object: {
            id: '98765432101',
            uuid: 'Kq2mZ9Tn==',
            topic: 'Über-Standup $&',
            host_id: 'hst_1',
            type: 2,
            start_time: '2026-11-03T16:20:00Z',
          },
        },
      }),
      jsonSample('recording.completed', {
        event: 'recording.completed',
        event_ts: 1793727611000,
        payload: {
          account_id: 'AbCdEfGhIjKlMnOpQrStUv',
          object: { id: '98765432101', uuid: 'Kq2mZ9Tn==', topic: 'Standup', recording_count: 2, total_size: 3328371 },
        },
      }),
    ]),
};
