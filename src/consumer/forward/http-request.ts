import { createHash } from 'node:crypto';
import { tryParseJson } from '../../catalogue/body-view.ts';
import type { VerifiedDelivery } from '../../delivery/delivery.ts';
import { sign } from '../../signature/sign.ts';
import { standardWebhooks } from '../../signature/standard-webhooks.ts';
import { bytesOf, decodeUtf8 } from '../../signature/text.ts';
import { toCloudEvent } from './cloud-event.ts';

/** Standard Webhooks' symmetric scheme, which any receiver verifies with the well-known libraries. */
export const forwardScheme = standardWebhooks();

/**
 * The headers of one forwarded request: a CloudEvent in binary mode, signed by Standard Webhooks with each of the
 * secrets, so that a receiver may hold the old or the new one while a secret changes. Beside them stand the kept headers
 * of the provider, without its static credentials.
 *
 * @param now Epoch milliseconds, which the signature claims: receivers take five minutes either way, so it is the time
 *   of this attempt and not the arrival's.
 * @throws HookportError `secret_missing` for a secret that cannot sign
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
export async function forwardHeaders(
  delivery: VerifiedDelivery,
  secrets: readonly string[],
  now: number,
): Promise<Record<string, string>> {
  const { datacontenttype, ...event } = toCloudEvent(delivery);
  const body = bytesOf(delivery.body);
  const contentType = datacontenttype ?? typeOf(delivery);
  const unsigned = { 'webhook-id': webhookId(delivery) };
  const signed = await Promise.all(
    secrets.map((secret) => sign(forwardScheme, { body, headers: unsigned, timestamp: now }, secret)),
  );
  return {
    ...providerHeaders(delivery),
    ...(contentType !== undefined && isFieldValue(contentType) && { 'content-type': contentType }),
    ...Object.fromEntries(Object.entries(event).map(([name, value]) => [`ce-${name}`, percentEncode(String(value))])),
    ...unsigned,
    ...signed[0]?.headers,
    'webhook-signature': signed.map(({ headers }) => headers['webhook-signature']).join(' '),
    'user-agent': 'hookport',
  };
}

/** Of providers whose content type is not kept, `json` among them: most servers parse nothing that does not say what it is. */
function typeOf({ body }: VerifiedDelivery): string | undefined {
  return tryParseJson(decodeUtf8(body)) === undefined ? undefined : 'application/json';
}

/**
 * The same whenever a delivery comes again. A full stop would make the signed content ambiguous, and other characters
 * are for the provider to choose: then a hash stands for the id.
 */
function webhookId({ source, id }: VerifiedDelivery): string {
  if (/^[A-Za-z0-9_-]{1,200}$/.test(id)) return `${source}_${id}`;
  return `${source}_${createHash('sha256').update(id).digest('hex')}`;
}

/** What concerns the connection, a credential, or what Hookport says itself, which nobody else may say. */
const ownHeaders =
  /^(authorization|connection|content-(encoding|length|type)|cookie|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|user-agent|(ce|webhook|sec|accept)-.*|accept)$/;

function providerHeaders({ headers }: VerifiedDelivery): Record<string, string> {
  const kept = Object.entries(headers).filter(([name, value]) => !ownHeaders.test(name) && isFieldValue(value));
  return Object.fromEntries(kept);
}

function isFieldValue(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

/** Section 3.1.3.2: what is not printable ASCII, and space, quote and percent, as percent-encoded UTF-8. */
function percentEncode(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\x21\x23\x24\x26-\x7e]/gu, (character) =>
      [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
    );
}
