import { defineProvider } from '../src/catalogue/define-provider.ts';

/** Webhooks of version 3. */
export const pagerduty = defineProvider({
  id: 'pagerduty',
  name: 'PagerDuty',
  docs: 'https://developer.pagerduty.com/docs/verifying-webhook-signatures',
  checkedAt: '2026-11-24',
  verify: {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'utf8',
    // While a secret is rotated, one entry for each: `v1=…,v1=…`.
    signature: { header: 'x-pagerduty-signature', pairs: { separator: ',', key: 'v1' }, encoding: 'hex' },
    message: [{ part: 'body' }],
  },
  headers: { 'content-type': 'always', 'x-pagerduty-signature': 'always', 'x-webhook-subscription': 'sometimes' },
  eventType: [{ json: 'event.event_type' }],
  deliveryId: { at: [{ json: 'event.id' }], signed: true },
  occurredAt: [{ at: { json: 'event.occurred_at' }, unit: 'iso8601' }],
  retry: { text: 'after 5xx, with growing delays; an answer of 400 or 403 ends it', horizonSeconds: 86_400 },
  unconfirmed: ['retry'],
});
