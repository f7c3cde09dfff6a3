import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

export const guide: ProviderGuide = {
  id: 'svix',
  setup: [
    'In the webhook portal of the company that sends through Svix: Endpoints > Add Endpoint.',
    'Enter {url}, choose the event types, and create the endpoint.',
    'Open the endpoint, reveal its Signing Secret and copy it whole, whsec_ included. Where it begins with whpk_, it is a public key: set verify: v1a.',
  ],
  secretFrom: 'provider',
  proof: {
    kind: 'sdk',
    source:
      "npm svix signs and verifies; also the vector of the Standard Webhooks libraries; v1a: the vector of Svix's server (svix/svix-webhooks)",
  },
  samples: () =>
    Promise.resolve([
      jsonSample(
        'user.signup',
        { type: 'user.signup', data: { id: 'usr_5d1', plan: 'team', email: 'mara@example.com' } },
        { 'svix-id': 'msg_2mZkLq8XvWcRt3nHy0bGf5sDpAe' },
      ),
      jsonSample(
        'report.ready',
        { type: 'report.ready', data: { id: 'rep_77', rows: 1284, url: 'https://example.com/reports/77' } },
        { 'svix-id': 'msg_2mZkMz4QdTuYp9wJk1cVh6xSoBr' },
      ),
    ]),
};
