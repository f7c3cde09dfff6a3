import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

export const guide: ProviderGuide = {
  id: 'resend',
  setup: [
    'In the Resend dashboard open Webhooks and choose Add Webhook.',
    'Enter {url}, choose the event types, and add it.',
    "Copy the Signing Secret from the webhook's page, whsec_ included.",
  ],
  secretFrom: 'provider',
  proof: { kind: 'sdk', source: 'npm resend verifies (webhooks.verify); npm svix signs' },
  samples: () =>
    Promise.resolve([
      jsonSample(
        'email.delivered',
        {
          type: 'email.delivered',
          created_at: '2026-11-03T16:24:10.551Z',
          data: {
            email_id: '3f1c7a52-8f0e-4a8a-9d5b-6f3a1f2f9b10',
            from: 'Acme <hello@example.com>',
            to: ['lena@example.org'],
            subject: 'Your receipt',
          },
        },
        { 'svix-id': 'msg_2mZkTc1WnPbRqXyVd6HgJ8sKfLu' },
      ),
      jsonSample(
        'email.bounced',
        {
          type: 'email.bounced',
          created_at: '2026-11-03T16:25:02.004Z',
          data: {
            email_id: '9a4be1d0-55a7-4b0c-a4c1-1b7d0f3f2a77',
            from: 'Acme <hello@example.com>',
            to: ['nobody@example.org'],
            subject: 'Your receipt',
            bounce: { type: 'Permanent', subType: 'General', message: 'The mailbox does not exist' },
          },
        },
        { 'svix-id': 'msg_2mZkUx7YtQdSrZwBe9MhK0vNgOi' },
      ),
    ]),
};
