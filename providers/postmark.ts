import { defineProvider } from '../src/catalogue/define-provider.ts';

/** Postmark signs nothing: it sends the user and password that its webhook URL holds. */
export const postmark = defineProvider({
  id: 'postmark',
  name: 'Postmark',
  docs: 'https://postmarkapp.com/developer/webhooks/webhooks-overview#protecting-your-webhook',
  checkedAt: '2026-11-24',
  verify: { scheme: 'basic' },
  headers: { 'content-type': 'always', authorization: 'always' },
  eventType: [{ json: 'RecordType' }],
  // MessageID is that of the mail, which many events concern.
  deliveryId: 'hash',
  // https://postmarkapp.com/support/article/understanding-inbound-webhook-retries-in-postmark
  retry: {
    text: 'inbound mail: ten times over some 10.5 hours, until an answer of 403; other events: for about an hour, after 408, 429, 5xx or none',
    horizonSeconds: 12 * 3600,
  },
});
