import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

const project = {
  id: 15,
  name: 'Diaspora',
  web_url: 'https://gitlab.example.com/mike/diaspora',
  path_with_namespace: 'mike/diaspora',
  default_branch: 'main',
};

export const guide: ProviderGuide = {
  id: 'gitlab',
  setup: [
    'In the project or group open Settings > Webhooks and choose Add new webhook; URL {url}.',
    'GitLab 19.0 or newer: generate a signing token, or enter one (whsec_ and the base64 of 32 bytes), and copy it: it is not shown again.',
    'Older GitLab: choose a long random secret token yourself and set verify: secret-token on the source. It is sent in clear text and signs nothing.',
    'Choose the triggers and save; Test sends a first delivery.',
  ],
  secretFrom: 'provider',
  proof: {
    kind: 'vector',
    source:
      'the vector of the Standard Webhooks libraries, which GitLab 19.0 follows (merge request 230944); npm standardwebhooks signs and verifies',
  },
  samples: () =>
    Promise.resolve([
      jsonSample(
        'push',
        {
          object_kind: 'push',
          event_name: 'push',
          before: '95790bf891e76fee5e1747ab589903a6a1f80f22',
          after: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7',
          ref: 'refs/heads/main',
          user_name: 'Mara Öztürk',
          project_id: 15,
          project,
          commits: [
            {
              id: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7',
              message: 'Fix $& in the template',
              added: [],
              modified: ['app.ts'],
              removed: [],
            },
          ],
          total_commits_count: 1,
        },
        { 'x-gitlab-event': 'Push Hook', 'webhook-id': '13792a34-cac6-4fda-95a8-c58e00a3954e' },
      ),
      jsonSample(
        'merge_request',
        {
          object_kind: 'merge_request',
          event_type: 'merge_request',
          user: { id: 1, username: 'root' },
          project,
          object_attributes: { id: 99, iid: 1, title: 'Add a health check', state: 'opened', action: 'open' },
        },
        { 'x-gitlab-event': 'Merge Request Hook', 'webhook-id': '5c3b9f2d-0d4e-4e8a-8d3e-0f8b9f7a6c21' },
      ),
      jsonSample(
        'pipeline',
        {
          object_kind: 'pipeline',
          object_attributes: { id: 31, ref: 'main', status: 'success', duration: 63 },
          project,
        },
        { 'x-gitlab-event': 'Pipeline Hook', 'webhook-id': 'e2f0a6b1-94ce-4e6a-9c1d-7a5c0d3b8f42' },
      ),
    ]),
};
