import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

const common = { portalId: 33, appId: 1160452, subscriptionId: 25, occurredAt: 1793724005000, attemptNumber: 0 };

export const guide: ProviderGuide = {
  id: 'hubspot',
  setup: [
    "In your HubSpot app's settings copy the client secret (Auth).",
    'In a project of the developer platform write {url} as targetUrl into src/app/webhooks/*-hsmeta.json, with the subscriptions, and upload it; in a legacy app enter it under Webhooks as target URL, create the subscriptions and activate them. No query string.',
    'Set the same text as publicUrl of the source. Changes may take five minutes.',
  ],
  secretFrom: 'provider',
  proof: {
    kind: 'vector',
    source:
      'vectors in the tests of HubSpot/hubspot-api-python and hubspot-api-ruby; what npm @hubspot/api-client 14 signed and verified, as recorded',
  },
  samples: () =>
    Promise.resolve([
      jsonSample('contact.creation', [
        {
          ...common,
          eventId: 3816279340,
          subscriptionType: 'contact.creation',
          objectId: 1246965,
          changeFlag: 'CREATED',
        },
      ]),
      jsonSample('batch', [
        {
          ...common,
          eventId: 3816279480,
          subscriptionType: 'contact.propertyChange',
          objectId: 1246965,
          propertyName: 'lifecyclestage',
          propertyValue: 'größer',
        },
        { ...common, eventId: 3816279481, subscriptionType: 'company.deletion', objectId: 99 },
      ]),
    ]),
};
