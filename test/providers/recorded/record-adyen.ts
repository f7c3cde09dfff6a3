import { guide } from '../../../providers/samples/adyen.ts';
import { bodies, tampered } from '../oracle.ts';
import type { RecordedRequest, RecordSdk } from './recorded.ts';

type Item = object;
interface Sdk {
  default: new () => {
    calculateHmac(signed: Item | string, key: string): string;
    validateHMAC(item: Item, key: string): boolean;
    validateHMACSignature(key: string, signature: string, body: string): boolean;
  };
}

/** src/__tests__/hmacValidator.spec.ts of Adyen/adyen-node-api-library */
const vector = {
  pspReference: 'pspReference',
  originalReference: 'originalReference',
  merchantAccountCode: 'merchantAccount',
  merchantReference: 'reference',
  amount: { currency: 'EUR', value: 1000 },
  eventCode: 'CAPTURE',
  eventDate: '1970-01-01T00:00:00.000Z',
  paymentMethod: 'VISA',
  reason: 'reason',
  success: 'true',
  additionalData: { hmacSignature: 'xhpHvYq2u2Np0rstbZ6QjLGu7JWhvf7Iwaa6EviJSX0=' },
};

/** The same, also in the tests of versions before 12. */
const olderVector = {
  ...vector,
  eventCode: 'REPORT_AVAILABLE',
  eventDate: '2019-09-21T11:45:24.637Z',
  additionalData: { hmacSignature: 'ZNBPtI+oDyyRrLyD1XirkKnQgIAlFc07Vj27TeHsDRE=' },
};

const notification = (item: Item) =>
  JSON.stringify({ live: 'false', notificationItems: [{ NotificationRequestItem: item }] });

export const recordAdyen: RecordSdk = async (load) => {
  const { default: HmacValidator } = load('@adyen/api-library/lib/src/utils/hmacValidator.js') as Sdk;
  const sdk = new HmacValidator();
  const secret = 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00';
  const requests: RecordedRequest[] = [];

  const ask = (what: string, item: Item) => {
    const accepted = sdk.validateHMAC(item, secret);
    requests.push({ what, headers: {}, body: notification(item), alternative: 'payments', accepted });
  };
  const signed = (item: Item) => ({
    ...item,
    additionalData: {
      ...('additionalData' in item && (item.additionalData as object)),
      hmacSignature: sdk.calculateHmac(item, secret),
    },
  });
  const askBody = (what: string, body: string, original = body) => {
    const hmacsignature = sdk.calculateHmac(original, secret);
    const accepted = sdk.validateHMACSignature(secret, hmacsignature, body);
    requests.push({ what, headers: { hmacsignature }, body, alternative: 'platform', accepted });
  };

  ask("the vector of the SDK's tests", vector);
  ask("the older vector of the SDK's tests", olderVector);
  for (const name of [
    'pspReference',
    'originalReference',
    'merchantAccountCode',
    'merchantReference',
    'eventCode',
    'success',
  ])
    ask('with something else that is signed', { ...vector, [name]: 'other' });
  for (const amount of [
    { currency: 'EUR', value: 10_000 },
    { currency: 'USD', value: 1000 },
  ])
    ask('with something else that is signed', { ...vector, amount });
  ask('with something else that is not signed', { ...vector, reason: 'other', paymentMethod: 'mc' });
  for (const change of [
    { originalReference: undefined },
    { merchantReference: '' },
    { merchantReference: 'Bestellung: 17 $& 👋 \\:' },
    { amount: { currency: 'JPY', value: 0 } },
    { amount: { currency: 'IDR', value: 9_007_199_254_740_991 } },
    { success: 'false' },
  ])
    ask('as signed', signed({ ...vector, ...change }));
  ask('without an amount', signed({ ...vector, eventCode: 'REPORT_AVAILABLE', amount: {} }));
  for (const { body } of (await guide.samples()).filter(({ verify }) => verify === 'payments')) {
    const { notificationItems } = JSON.parse(body) as { notificationItems: [{ NotificationRequestItem: Item }] };
    ask('a sample', signed(notificationItems[0].NotificationRequestItem));
  }
  const original = signed({ ...vector, merchantReference: 'a:b' });
  ask('with a colon in a field', original);
  ask('with fields moved across a colon', {
    ...original,
    merchantAccountCode: 'merchantAccount:a',
    merchantReference: 'b',
  });
  for (const body of bodies) {
    askBody('as signed', body);
    askBody('with another body', tampered(body), body);
  }
  return { secret, requests };
};
