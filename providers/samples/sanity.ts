import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

const common = {
  'sanity-dataset': 'production',
  'sanity-project-id': 'h00kp0rt',
  'sanity-webhook-id': '9k2mWq7dRf3Lx1Zp',
};

export const guide: ProviderGuide = {
  id: 'sanity',
  setup: [
    'On sanity.io/manage open the project, API > Webhooks, and create a webhook with {url}.',
    'Choose dataset, triggers and filter, and HTTP method POST.',
    'Under Advanced settings enter a long random secret and keep it: without one Sanity signs nothing.',
  ],
  secretFrom: 'you',
  proof: {
    kind: 'vector',
    source: 'two vectors in the tests of sanity-io/webhook-toolkit; npm @sanity/webhook signs and verifies',
  },
  samples: () =>
    Promise.resolve([
      jsonSample(
        'create',
        { _id: 'post-1', _type: 'post', _rev: 'rQ7yJ2', title: 'Grüße $& 👋' },
        {
          ...common,
          'sanity-operation': 'create',
          'sanity-document-id': 'post-1',
          'idempotency-key': '3b2a1c0d9e8f7a6b-1',
        },
      ),
      jsonSample(
        'delete',
        { _id: 'post-1', _type: 'post' },
        {
          ...common,
          'sanity-operation': 'delete',
          'sanity-document-id': 'post-1',
          'idempotency-key': '3b2a1c0d9e8f7a6b-2',
        },
      ),
    ]),
};
