import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

const issue = {
  id: '10002',
  key: 'HOOK-7',
  fields: { summary: 'Queue grows: $& 👋', issuetype: { name: 'Bug' }, status: { name: 'To Do' } },
};
const user = { accountId: '5b10a2844c20165700ede21g', displayName: 'Mara Öztürk' };

export const guide: ProviderGuide = {
  id: 'jira',
  setup: [
    'As an administrator of the site open Settings > System > WebHooks and choose Create a WebHook.',
    'Enter {url}, choose Generate secret (or enter one) and copy it: it is not shown again.',
    'Choose the events, leave Exclude body off (SQS takes no message without a body) and create it. Webhooks that an OAuth or Connect app registers are signed in another way and are refused.',
  ],
  secretFrom: 'provider',
  proof: { kind: 'vector', source: 'the test values of Jira\'s page "Webhooks" (developer.atlassian.com)' },
  samples: () =>
    Promise.resolve([
      jsonSample(
        'jira:issue_created',
        {
          timestamp: 1793722804123,
          webhookEvent: 'jira:issue_created',
          issue_event_type_name: 'issue_created',
          user,
          issue,
        },
        { 'x-atlassian-webhook-identifier': 'f6b3a1d2-0c4e-4f5a-9b8c-7d6e5f4a3b2c' },
      ),
      jsonSample(
        'comment_created',
        {
          timestamp: 1793722911456,
          webhookEvent: 'comment_created',
          comment: { id: '10100', author: user, body: 'Grüße' },
          issue,
        },
        { 'x-atlassian-webhook-identifier': '0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e9' },
      ),
    ]),
};
