import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

export const guide: ProviderGuide = {
  id: 'typeform',
  setup: [
    'Open the form, Connect > Webhooks, and add a webhook with {url}.',
    'Edit it, enter a long random secret under Secret, keep it, and save: without a secret Typeform signs nothing.',
    'Switch the webhook on; View deliveries > Send test request sends a first one.',
  ],
  secretFrom: 'you',
  proof: { kind: 'self', source: 'Typeform publishes neither a vector nor code that verifies' },
  samples: () =>
    Promise.resolve([
      jsonSample('form_response', {
        event_id: '01HEBC8XAXB7WHD8P2TE5K7TQT',
        event_type: 'form_response',
        form_response: {
          form_id: 'lT4Z3j',
          token: 'a3a12ec67a1365927098a606107fac15',
          submitted_at: '2026-11-03T16:20:04Z',
          landed_at: '2026-11-03T16:18:40Z',
          definition: {
            id: 'lT4Z3j',
            title: 'Feedback',
            fields: [{ id: 'DlXFaesGBpoF', title: 'How was it?', type: 'short_text', ref: 'how', properties: {} }],
          },
          answers: [
            { type: 'text', text: 'Schön 👋 $& more', field: { id: 'DlXFaesGBpoF', type: 'short_text', ref: 'how' } },
          ],
        },
      }),
      jsonSample('form_response_partial', {
        event_id: '01HEBC9N6J4V8M2Q0S3R5T7W9X',
        event_type: 'form_response_partial',
        form_response: { form_id: 'lT4Z3j', token: 'b4b12ec67a1365927098a606107fac16', answers: [] },
      }),
    ]),
};
