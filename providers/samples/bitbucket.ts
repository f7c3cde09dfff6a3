import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

const repository = { type: 'repository', full_name: 'acme/site', uuid: '{b7f36ab0-1c4d-4b4e-8a54-3f8a0f6f2a11}' };
const actor = { type: 'user', display_name: 'Mara Öztürk', uuid: '{d301aafa-d676-4ee0-88be-962be7417567}' };
const hook = { 'x-hook-uuid': '4a1e3a0f-2d1c-4f0e-b7a9-7e6b5c4d3e2f' };

export const guide: ProviderGuide = {
  id: 'bitbucket',
  setup: [
    'In the repository open Repository settings > Webhooks and choose Add webhook.',
    'Enter a title and {url}; choose a long random secret (or generate one) and keep it.',
    'Choose the triggers and save. Payloads over 256 KB are not sent.',
  ],
  secretFrom: 'you',
  proof: { kind: 'vector', source: 'the test values of Bitbucket\'s page "Manage webhooks"' },
  samples: () =>
    Promise.resolve([
      jsonSample(
        'repo:push',
        {
          repository,
          actor,
          push: {
            changes: [
              {
                new: {
                  type: 'branch',
                  name: 'main',
                  target: { type: 'commit', hash: '709d658dc5b6d6afcd46049c2f332ee3f515a67d' },
                },
                old: {
                  type: 'branch',
                  name: 'main',
                  target: { type: 'commit', hash: '1e65c05c1d5171631d92438a13901ca7dae9618c' },
                },
                created: false,
                forced: false,
                closed: false,
              },
            ],
          },
        },
        { ...hook, 'x-event-key': 'repo:push', 'x-request-uuid': 'c5f0d1f4-7a3b-4f0e-9a6c-2b1d0e9f8a77' },
      ),
      jsonSample(
        'pullrequest:created',
        { repository, actor, pullrequest: { id: 7, title: 'Add a health check', state: 'OPEN' } },
        { ...hook, 'x-event-key': 'pullrequest:created', 'x-request-uuid': '0b9a8f7e-6d5c-4b3a-9281-706f5e4d3c2b' },
      ),
    ]),
};
