import { defineProvider } from '../src/catalogue/define-provider.ts';

export const zendesk = defineProvider({
  id: 'zendesk',
  name: 'Zendesk',
  docs: 'https://developer.zendesk.com/documentation/webhooks/verifying/',
  checkedAt: '2026-06-30',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    // The secret looks like base64, and is used as it is written.
    key: 'utf8',
    signature: { header: 'x-zendesk-webhook-signature', encoding: 'base64' },
    // Zendesk documents no tolerance.
    timestamp: { from: { header: 'x-zendesk-webhook-signature-timestamp' }, unit: 'iso8601', toleranceSeconds: 300 },
    message: [{ part: 'timestamp' }, { part: 'body' }],
    // Signs the test of a webhook that is not created yet, for every account alike.
    publishedSecrets: ['dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=='],
  },
  headers: {
    'content-type': 'always',
    'x-zendesk-webhook-invocation-id': 'always',
    'x-zendesk-webhook-signature': 'always',
    'x-zendesk-webhook-signature-timestamp': 'always',
  },
  // Present on event subscriptions; the body of a trigger's webhook is whatever the customer wrote.
  eventType: [{ json: 'type' }],
  // An id alone may be a ticket's, which a trigger's webhook names anew with each change; beside the version it is an event's.
  deliveryId: {
    at: [{ jsonAll: ['id', 'zendesk_event_version'] }, { header: 'x-zendesk-webhook-invocation-id' }],
    signed: true,
  },
  occurredAt: [{ at: { json: 'time' }, unit: 'iso8601' }],
  limits: { answerSeconds: 10 },
  retry: {
    text: 'a few times, soon after a time-out, a 409, or a 429 or 503 with Retry-After',
    horizonSeconds: 60 * 60,
  },
  unconfirmed: ['retry'],
});
