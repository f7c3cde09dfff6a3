import type { ProviderGuide, Sample } from '../../src/catalogue/provider.ts';

function sample(topic: string, idempotencyKey: string, fields: object): Sample {
  const sys = { type: 'Entry', id: '6KntaYXaHSyIw8M6eo26OK', revision: 3, space: { sys: { id: 'h00kp0rtspce' } } };
  return {
    event: topic,
    headers: {
      'content-type': 'application/vnd.contentful.management.v1+json',
      'x-contentful-topic': topic,
      'x-contentful-webhook-name': 'Hookport',
      'x-contentful-idempotency-key': idempotencyKey,
    },
    body: JSON.stringify({ sys, fields }),
  };
}

export const guide: ProviderGuide = {
  id: 'contentful',
  setup: [
    'In the space open Settings > Webhooks, add a webhook with {url}, method POST, and choose the topics.',
    'Under Settings > Webhooks > Settings enable request verification and copy the signing secret (64 characters): one for the whole space, shown once.',
  ],
  secretFrom: 'provider',
  proof: { kind: 'sdk', source: 'npm @contentful/node-apps-toolkit signs and verifies' },
  samples: () =>
    Promise.resolve([
      sample('ContentManagement.Entry.publish', '8e2f0c4b6a1d3957e8f0a2c4b6d8e0f1a3c5b7d9e1f3a5c7b9d1e3f5a7c9b1d3', {
        title: { 'de-DE': 'Grüße $& 👋' },
      }),
      sample(
        'ContentManagement.Entry.unpublish',
        '1d3957e8f0a2c4b6d8e0f1a3c5b7d9e1f3a5c7b9d1e3f5a7c9b1d38e2f0c4b6a',
        {},
      ),
    ]),
};
