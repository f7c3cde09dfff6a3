import { defineProvider } from '../src/catalogue/define-provider.ts';
import type { HmacScheme } from '../src/signature/scheme.ts';

/** Of six retries the last comes some 7.5 hours after the first try. */
const retriesSeconds = 8 * 3600;

/**
 * A webhook of a subaccount holds a second signature, made with the key of its primary account.
 *
 * Mailgun warns of delays and of too strict a look at the time, and a retry may have that of the first try. That it counts at
 * all ends what can be done with a request that someone else saw, and keeps the digits of timestamp and token apart.
 */
function signedAt(path: string): HmacScheme {
  return {
    scheme: 'hmac',
    hash: 'sha256',
    key: 'utf8',
    signature: { json: path, encoding: 'hex' },
    timestamp: { from: { json: 'signature.timestamp' }, unit: 'seconds', toleranceSeconds: retriesSeconds },
    message: [{ part: 'timestamp' }, { part: 'json', path: 'signature.token' }],
  };
}

/**
 * The signature covers a timestamp and a token, not the event: whoever sees one genuine request can put any body beside
 * its signature for as long as the tolerance lasts. Take what an event says as a hint, and ask Mailgun's API.
 */
export const mailgun = defineProvider({
  id: 'mailgun',
  name: 'Mailgun',
  docs: 'https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks',
  checkedAt: '2026-11-24',
  verify: {
    alternatives: {
      account: signedAt('signature.signature'),
      'primary-account': signedAt('signature.parent-signature'),
    },
  },
  headers: { 'content-type': 'always' },
  eventType: [{ json: 'event-data.event' }],
  // The token is made for one request, and a forger cannot choose it as he can the event's id: with `deduplicate`, each
  // signature is good for one delivery.
  deliveryId: { at: [{ json: 'signature.token' }], signed: true },
  // https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-retries
  retry: {
    text: 'six times over 8 hours (after 5, 10 and 15 min, 1, 2 and 4 h), but not the event delivered; an answer of 406 ends it',
    horizonSeconds: retriesSeconds,
  },
});
