import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

export const guide: ProviderGuide = {
  id: 'clerk',
  setup: [
    'In the Clerk dashboard open Webhooks and choose Add Endpoint.',
    'Enter {url}, subscribe to the events you need, and create the endpoint.',
    "Copy the Signing Secret from the endpoint's page, whsec_ included.",
  ],
  secretFrom: 'provider',
  proof: { kind: 'sdk', source: 'npm @clerk/backend verifies (verifyWebhook); npm svix signs' },
  samples: () =>
    Promise.resolve([
      jsonSample(
        'user.created',
        {
          data: {
            id: 'user_2mZkPq3LwXc',
            object: 'user',
            first_name: 'Lena',
            last_name: 'Okafor',
            email_addresses: [{ id: 'idn_2mZkPr', email_address: 'lena@example.com', object: 'email_address' }],
            created_at: 1793724005000,
          },
          instance_id: 'ins_2mYt8',
          object: 'event',
          timestamp: 1793724005123,
          type: 'user.created',
        },
        { 'svix-id': 'msg_2mZkQv6RnYbTdGx0HfJk4sWpAzE' },
      ),
      jsonSample(
        'session.ended',
        {
          data: { id: 'sess_2mZkR1', object: 'session', status: 'ended', user_id: 'user_2mZkPq3LwXc' },
          instance_id: 'ins_2mYt8',
          object: 'event',
          timestamp: 1793727611000,
          type: 'session.ended',
        },
        { 'svix-id': 'msg_2mZkS9TqLmWvCy5BnDr7XhUfGoP' },
      ),
    ]),
};
