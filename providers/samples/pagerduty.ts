import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

const incident = {
  id: 'PGR0VU2',
  type: 'incident',
  self: 'https://api.pagerduty.com/incidents/PGR0VU2',
  number: 2,
  title: 'Queue grows: $& 👋',
  urgency: 'high',
};

function sample(eventType: string, id: string, status: string) {
  const occurred_at = '2026-11-03T16:20:04.458Z';
  const event = { id, event_type: eventType, resource_type: 'incident', occurred_at, data: { ...incident, status } };
  return jsonSample(eventType, { event }, { 'x-webhook-subscription': 'PABCDEF' });
}

export const guide: ProviderGuide = {
  id: 'pagerduty',
  setup: [
    'In PagerDuty open Integrations > Generic Webhooks (v3) and choose New Webhook.',
    'Enter {url}, choose the scope and the events, and add the webhook.',
    'Copy the signing secret: it is shown once.',
  ],
  secretFrom: 'provider',
  proof: { kind: 'vector', source: 'webhookv3/webhookv3_test.go of PagerDuty/go-pagerduty' },
  samples: () =>
    Promise.resolve([
      sample('incident.triggered', '01HEBC8XAXB7WHD8P2TE5K7TQT', 'triggered'),
      sample('incident.acknowledged', '01HEBC9N6J4V8M2Q0S3R5T7W9X', 'acknowledged'),
      sample('incident.resolved', '01HEBCA2B7D9F1H3K5M7P9R1T3', 'resolved'),
    ]),
};
