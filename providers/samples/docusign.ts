import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

function sample(event: string, data: object) {
  return jsonSample(event, {
    event,
    apiVersion: 'v2.1',
    uri: '/restapi/v2.1/accounts/12345678/envelopes/6f9619ff-8b86-d011-b42d-00cf4fc964ff',
    retryCount: 0,
    configurationId: 1200001,
    generatedDateTime: '2026-11-03T16:20:04.4940000Z',
    data: {
      accountId: '7f09961a-42ed-41b8-92be-0c40a6f6e401',
      envelopeId: '6f9619ff-8b86-d011-b42d-00cf4fc964ff',
      ...data,
    },
  });
}

export const guide: ProviderGuide = {
  id: 'docusign',
  setup: [
    'In Docusign Admin open Integrations > Connect > Connect Keys. The secret is the first key of the account: of one signature for each key, X-DocuSign-Signature-1 alone is kept. Without any key yet, add one and copy it: it is not shown again.',
    'Under Configurations add a custom configuration with {url}, data format REST v2.1 (JSON), and the events.',
    'Tick Include HMAC Signature and save.',
    'To change the key, add a second one, set it as the secret here (the one before still counts), and only then delete the first at Docusign.',
  ],
  secretFrom: 'provider',
  proof: { kind: 'self', source: 'Docusign publishes code and no vector; node:crypto signs as that code does' },
  samples: () =>
    Promise.resolve([
      sample('envelope-completed', { envelopeSummary: { status: 'completed', emailSubject: 'Vertrag $& 👋' } }),
      sample('recipient-completed', { recipientId: '1', userId: '70f3a0b6-5b0c-4f35-9f83-1c9d0f3c8b11' }),
    ]),
};
