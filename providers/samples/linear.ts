import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

const organizationId = '0cbd2f66-2a3b-4b0c-9d3e-7f1a2b3c4d5e';
const webhookId = '7f6e5d4c-3b2a-4190-8f7e-6d5c4b3a2918';
const actor = { id: 'a1b2c3d4-e5f6-4789-8abc-def012345678', type: 'user', name: 'Mara Öztürk' };

export const guide: ProviderGuide = {
  id: 'linear',
  setup: [
    'In Linear open Settings > API > Webhooks and choose New webhook.',
    'Enter a label and {url}, and choose the resource types.',
    "Copy the signing secret from the webhook's page.",
    'A delivery counts for eight hours after the time in it, so that retries are taken; for the minute that Linear recommends set tolerance: 60s on the source.',
  ],
  secretFrom: 'provider',
  proof: { kind: 'sdk', source: 'npm @linear/sdk verifies (LinearWebhookClient)' },
  samples: () =>
    Promise.resolve([
      jsonSample(
        'Issue',
        {
          action: 'create',
          type: 'Issue',
          actor,
          createdAt: '2026-11-03T16:20:05.000Z',
          data: {
            id: '2174add1-f7c8-44e3-bbf3-2d60b5ea8bc9',
            identifier: 'ENG-42',
            title: 'Café map shows $& instead of a name',
            priority: 2,
            teamId: '72b2a2dc-6f4f-4423-9d34-24b5bd10634a',
          },
          url: 'https://linear.app/acme/issue/ENG-42',
          organizationId,
          webhookId,
          webhookTimestamp: 1793724005123,
        },
        { 'linear-event': 'Issue', 'linear-delivery': '234d1a4e-b617-4388-90fe-adc3633d6b72' },
      ),
      jsonSample(
        'Comment',
        {
          action: 'update',
          type: 'Comment',
          actor,
          createdAt: '2026-11-03T16:22:41.512Z',
          data: {
            id: '9c0f1e2d-3b4a-4958-8776-a5b4c3d2e1f0',
            body: 'Fixed on main',
            issueId: '2174add1-f7c8-44e3-bbf3-2d60b5ea8bc9',
          },
          updatedFrom: { body: 'Fixed' },
          organizationId,
          webhookId,
          webhookTimestamp: 1793724161512,
        },
        { 'linear-event': 'Comment', 'linear-delivery': '5e0f9d8c-7b6a-4594-8382-71605f4e3d2c' },
      ),
    ]),
};
