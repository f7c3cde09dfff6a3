import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

export const guide: ProviderGuide = {
  id: 'standard-webhooks',
  setup: [
    "In the sender's webhook settings, add an endpoint with the URL {url} and choose its events.",
    'Copy the signing secret, with its prefix: whsec_… for the default, v1. For verify: v1a copy the public key, whpk_….',
  ],
  secretFrom: 'provider',
  proof: {
    kind: 'vector',
    source:
      "the vector of the reference libraries (standard-webhooks/standard-webhooks) and the npm package standardwebhooks, both ways; v1a: the vector of Svix's server (svix/svix-webhooks) and the WebCrypto verifier of discord-interactions",
  },
  samples: () =>
    Promise.resolve([
      jsonSample(
        'invoice.paid',
        {
          type: 'invoice.paid',
          timestamp: '2026-11-03T16:20:05.000Z',
          data: { id: 'in_7Kq2', amount: 4900, currency: 'EUR', customer: { name: 'Anaïs Müller' } },
        },
        { 'webhook-id': 'msg_2mZk4WbHf7sQnVtR1dXyLpE6uAo' },
      ),
      jsonSample(
        'contact.created',
        {
          type: 'contact.created',
          timestamp: '2026-11-03T16:21:44.118Z',
          data: { id: 'con_91xd', email: 'jo@example.com' },
        },
        { 'webhook-id': 'msg_2mZkA0cT9vKqWuGdRj3fN5yHb8S' },
      ),
    ]),
};
