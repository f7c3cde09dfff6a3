import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

function sample(type: string, id: string, data: object) {
  return jsonSample(type, {
    type,
    id,
    created_at: '2026-11-03T16:20:04.000000Z',
    object: { type: 'asset', id: '0201p02fGKPE7MrbC269XRD7LpcHhrmbu0002' },
    environment: { name: 'Production', id: 'h00kp0' },
    data,
    attempts: [],
  });
}

export const guide: ProviderGuide = {
  id: 'mux',
  setup: [
    'In Mux open Settings > Webhooks, choose the environment, and create a webhook with {url}.',
    'Show the signing secret of the webhook and copy it.',
  ],
  secretFrom: 'provider',
  proof: {
    kind: 'vector',
    source: 'the vector in the tests of muxinc/mux-node-sdk; npm @mux/mux-node verifies what ours signs',
  },
  samples: () =>
    Promise.resolve([
      sample('video.asset.ready', '3a56ac3d-33da-4366-855b-f592d898409d', {
        status: 'ready',
        passthrough: 'Grüße $& 👋',
      }),
      sample('video.asset.errored', '4b67bd4e-44eb-4477-966c-06a3e9a9510e', { status: 'errored' }),
    ]),
};
