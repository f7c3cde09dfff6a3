import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

const envelope = { version: 1, application_id: '1234560123453231555', type: 1 };

export const guide: ProviderGuide = {
  id: 'discord',
  setup: [
    "In Discord's Developer Portal open your app; under General Information copy the Public Key.",
    'Under Webhooks enter {url} as endpoint; Discord sends a PING and requests with wrong signatures, and wants 204 and 401.',
    'Choose the events and save.',
  ],
  secretFrom: 'publicKey',
  proof: { kind: 'sdk', source: 'npm discord-interactions verifies (verifyKey)' },
  samples: () =>
    Promise.resolve([
      jsonSample('APPLICATION_AUTHORIZED', {
        ...envelope,
        event: {
          type: 'APPLICATION_AUTHORIZED',
          timestamp: '2026-11-03T16:20:05.118000',
          data: {
            integration_type: 1,
            scopes: ['applications.commands'],
            user: { id: '80351110224678912', username: 'nelly' },
          },
        },
      }),
      jsonSample('ENTITLEMENT_CREATE', {
        ...envelope,
        event: {
          type: 'ENTITLEMENT_CREATE',
          timestamp: '2026-11-03T16:21:09.004000',
          data: { id: '1234505980407808808', sku_id: '1234489045670965338', user_id: '80351110224678912', type: 4 },
        },
      }),
    ]),
};
