import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

export const guide: ProviderGuide = {
  id: 'openai',
  setup: [
    "In the OpenAI platform open your project's Settings > Webhooks and choose Create.",
    'Enter a name and {url}, and choose the event types.',
    'Copy the signing secret at once, whsec_ included: it is shown only now.',
  ],
  secretFrom: 'provider',
  proof: {
    kind: 'vector',
    source:
      'a real delivery in the tests of openai/openai-node (api-resources/webhooks.test.ts); npm openai verifies what ours signs',
  },
  samples: () =>
    Promise.resolve([
      jsonSample(
        'response.completed',
        {
          id: 'evt_690a31f2c5a881908e7d',
          object: 'event',
          created_at: 1793724300,
          type: 'response.completed',
          data: { id: 'resp_690a31e0b7' },
        },
        { 'webhook-id': 'wh_690a31f2c5d48190b1a6' },
      ),
      jsonSample(
        'batch.completed',
        {
          id: 'evt_690a32b8e0948190a0cc',
          object: 'event',
          created_at: 1793724504,
          type: 'batch.completed',
          data: { id: 'batch_690a2f11' },
        },
        { 'webhook-id': 'wh_690a32b8e0b88190977e' },
      ),
    ]),
};
