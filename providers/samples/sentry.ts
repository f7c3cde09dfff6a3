import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

export const guide: ProviderGuide = {
  id: 'sentry',
  setup: [
    'In Sentry open Settings > Developer Settings > Custom Integrations and create an internal integration.',
    'Enter {url} as Webhook URL, give the permissions you need, choose the webhooks, and save.',
    "Copy the integration's Client Secret: it signs the webhooks.",
  ],
  secretFrom: 'provider',
  proof: { kind: 'self', source: 'Sentry publishes neither a vector nor a package that verifies' },
  samples: () =>
    Promise.resolve([
      jsonSample(
        'issue',
        {
          action: 'created',
          installation: { uuid: 'a8e5d37a-696c-4c54-adb5-b3f28d64c7de' },
          data: {
            issue: { id: '1170820242', title: 'TypeError: $& is undefined', level: 'error', status: 'unresolved' },
          },
          actor: { type: 'application', id: 'sentry', name: 'Sentry' },
        },
        {
          'sentry-hook-resource': 'issue',
          'sentry-hook-timestamp': '1793722805',
          'request-id': '5f0f4a7d9c3e4b1fa2d6e8c7b9a01234',
        },
      ),
      jsonSample(
        'comment',
        {
          action: 'created',
          installation: { uuid: 'a8e5d37a-696c-4c54-adb5-b3f28d64c7de' },
          data: { comment: 'Grüße 👋', comment_id: 1234, issue_id: 1170820242, project_slug: 'site' },
          actor: { type: 'user', id: 789, name: 'Mara' },
        },
        {
          'sentry-hook-resource': 'comment',
          'sentry-hook-timestamp': '1793722911',
          'request-id': '7a1b2c3d4e5f60718293a4b5c6d7e8f9',
        },
      ),
    ]),
};
