import { defineProvider } from '../src/catalogue/define-provider.ts';

/** Version 3 alone: versions 1 and 2 are a plain SHA-256 over secret and body, which others can extend. */
export const hubspot = defineProvider({
  id: 'hubspot',
  name: 'HubSpot',
  docs: 'https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'utf8',
    signature: { header: 'x-hubspot-signature-v3', encoding: 'base64' },
    timestamp: { from: { header: 'x-hubspot-request-timestamp' }, unit: 'milliseconds', toleranceSeconds: 300 },
    message: [
      { part: 'method' },
      // HubSpot decodes these escapes, and no others, before it signs.
      { part: 'url', unescape: ":/?@!$'()*,;" },
      { part: 'body' },
      { part: 'timestamp' },
    ],
  },
  headers: {
    'content-type': 'always',
    'x-hubspot-signature-v3': 'always',
    'x-hubspot-request-timestamp': 'always',
  },
  eventType: [],
  // HubSpot does not promise that `eventId` is unique, and a retry counts `attemptNumber` up.
  deliveryId: 'hash',
  items: {
    path: '',
    type: 'subscriptionType',
    id: 'eventId',
    occurredAt: { path: 'occurredAt', unit: 'milliseconds' },
  },
  limits: { answerSeconds: 5 },
  retry: {
    text: 'up to ten retries over 24 hours; none after a 4xx other than 429',
    horizonSeconds: 86_400,
  },
  unconfirmed: ['answerSeconds'],
});
