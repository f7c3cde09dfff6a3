import { getPath } from '../../src/signature/json-path.ts';
import { isRefusal, refuse } from '../../src/signature/refusal.ts';
import { RequestReader } from '../../src/signature/request-reader.ts';
import type { CodeScheme, HmacScheme, MessagePart } from '../../src/signature/scheme.ts';
import { sign } from '../../src/signature/sign.ts';
import { verify } from '../../src/signature/verify.ts';

/**
 * Webhooks of platforms, banking, management and the newer products: the body is signed.
 * https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures
 */
export const adyenPlatform: HmacScheme = {
  scheme: 'hmac',
  hash: 'sha256',
  key: 'hex',
  signature: { header: 'hmacsignature', encoding: 'base64' },
  message: [{ part: 'body' }],
};

const item = 'notificationItems.0.NotificationRequestItem';
const field = (path: string): MessagePart => ({ part: 'json', path: `${item}.${path}` });
const optional = (path: string): MessagePart => ({ part: 'json', path: `${item}.${path}`, optional: true });

/** Eight fields of the item. Adyen sends one item; a second one would not be covered, so it is refused. */
const overFields: HmacScheme = {
  scheme: 'hmac',
  hash: 'sha256',
  key: 'hex',
  signature: { json: `${item}.additionalData.hmacSignature`, encoding: 'base64' },
  onlyItem: 'notificationItems',
  message: [
    field('pspReference'),
    ':',
    optional('originalReference'),
    ':',
    field('merchantAccountCode'),
    ':',
    optional('merchantReference'),
    ':',
    // Adyen's libraries for Java and PHP take an item without an amount, and sign nothing in its place.
    optional('amount.value'),
    ':',
    optional('amount.currency'),
    ':',
    field('eventCode'),
    ':',
    field('success'),
  ],
};

/** All but the merchant's own reference, which may hold anything. */
const withoutColon = [
  'pspReference',
  'originalReference',
  'merchantAccountCode',
  'amount.value',
  'amount.currency',
  'eventCode',
  'success',
];

/**
 * Standard webhooks for payments. The fields are joined by colons, and nothing is escaped: while a colon stands in one
 * field alone, no two items have the same signed content.
 */
export const adyenPayments: CodeScheme = {
  scheme: 'code',
  summary: 'HMAC-SHA256 over eight fields of the only item, base64',
  coversBody: false,
  secretLike: overFields,
  verify(request, secrets, options) {
    const json = new RequestReader(request).json();
    if (isRefusal(json)) return json;
    for (const path of withoutColon)
      if (String(getPath(json.value, `${item}.${path}`)).includes(':'))
        return refuse('malformed_body', `the signed field "${path}" holds a colon, which keeps signed fields apart`);
    return verify(overFields, request, secrets, options);
  },
  sign: (request, secret) => sign(overFields, request, secret),
};
