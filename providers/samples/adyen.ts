import { jsonSample } from '../../src/catalogue/json-sample.ts';
import type { ProviderGuide } from '../../src/catalogue/provider.ts';

function sample(eventCode: string, pspReference: string, more: object = {}) {
  const item = {
    eventCode,
    pspReference,
    merchantAccountCode: 'HookportECOM',
    merchantReference: 'Bestellung: 17 $& 👋',
    amount: { currency: 'EUR', value: 4900 },
    eventDate: '2026-11-03T17:20:04+01:00',
    success: 'true',
    paymentMethod: 'visa',
    additionalData: {},
    ...more,
  };
  const body = { live: 'false', notificationItems: [{ NotificationRequestItem: item }] };
  return { ...jsonSample(eventCode, body), verify: 'payments' };
}

function platformSample(type: string, data: object) {
  const body = { data: { balancePlatform: 'Hookport', ...data }, environment: 'test', type };
  return { ...jsonSample(type, body), verify: 'platform' };
}

export const guide: ProviderGuide = {
  id: 'adyen',
  setup: [
    'In the Customer Area open Developers > Webhooks, create a Standard webhook, enter {url}, and choose JSON and HTTP POST.',
    'Under Security generate an HMAC key and copy it (hexadecimal): it is not shown again. Save the webhook.',
    'For webhooks of platforms, banking or management, which carry the header HmacSignature, set verify: platform on the source.',
    'In a standard webhook the signature covers references, amount, event code and success alone, not the rest of the item. An item without a signature, as reports may come, is refused.',
  ],
  secretFrom: 'provider',
  proof: {
    kind: 'vector',
    source:
      'two vectors in src/__tests__/hmacValidator.spec.ts of Adyen/adyen-node-api-library; what npm @adyen/api-library 32 signed and verified, as recorded',
  },
  samples: () =>
    Promise.resolve([
      sample('AUTHORISATION', '7914073381342284'),
      sample('CAPTURE', '8825408195409505', { originalReference: '7914073381342284' }),
      sample('REFUND', '9915555555555555', {
        originalReference: '7914073381342284',
        success: 'false',
        reason: 'closed',
      }),
      platformSample('balancePlatform.transfer.created', {
        id: 'EVJN42CKW223223N5LV3V7V5VLVPBJ',
        status: 'received',
        amount: { currency: 'EUR', value: 4900 },
        description: 'Grüße $& 👋',
      }),
      platformSample('balancePlatform.accountHolder.updated', {
        accountHolder: { id: 'AH3227C223222B5CMD2SXFKGT', status: 'active' },
      }),
    ]),
};
