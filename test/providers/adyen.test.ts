import { createRequire } from 'node:module';
import type validator from '@adyen/api-library/lib/src/utils/hmacValidator.js';
import { describe, expect, it } from 'vitest';
import { adyen } from '../../providers/adyen.ts';
import { guide } from '../../providers/samples/adyen.ts';
import { identify } from '../../src/catalogue/identify.ts';
import { schemeOf } from '../../src/catalogue/scheme-of.ts';
import { sign } from '../../src/signature/sign.ts';
import { arrival, bodies, check, genuine, signed, tampered } from './oracle.ts';

// The validator alone: the package's index brings 2,300 files of types. CommonJS with a default, which loaders read in two ways.
const load = createRequire(import.meta.url);
const { default: HmacValidator } = load('@adyen/api-library/lib/src/utils/hmacValidator.js') as typeof validator;
const sdk = new HmacValidator();
type Item = Extract<Parameters<typeof sdk.calculateHmac>[0], object>;

const key = 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00';

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

const notification = (...items: readonly object[]) =>
  JSON.stringify({ live: 'false', notificationItems: items.map((item) => ({ NotificationRequestItem: item })) });

/** An item that Adyen's SDK signed. */
function signedBySdk(item: object): typeof vector {
  const hmacSignature = sdk.calculateHmac(item as Item, key);
  return { ...vector, ...item, additionalData: { hmacSignature } };
}

describe('adyen (payments)', () => {
  it("accepts the vector of Adyen's SDK", async () => {
    expect(sdk.validateHMAC(vector as unknown as Item, key)).toBe(true);
    expect(await check(adyen, notification(vector), {}, key)).toEqual(genuine);
    expect(await check(adyen, notification(vector), {}, key.toLowerCase())).toEqual(genuine);
  });

  it("accepts the older vector of Adyen's SDK, also in the tests of versions before 12", async () => {
    const older = {
      ...vector,
      eventCode: 'REPORT_AVAILABLE',
      eventDate: '2019-09-21T11:45:24.637Z',
      additionalData: { hmacSignature: 'ZNBPtI+oDyyRrLyD1XirkKnQgIAlFc07Vj27TeHsDRE=' },
    };
    expect(sdk.validateHMAC(older as unknown as Item, key)).toBe(true);
    expect(await check(adyen, notification(older), {}, key)).toEqual(genuine);
  });

  it.each(['pspReference', 'originalReference', 'merchantAccountCode', 'merchantReference', 'eventCode', 'success'])(
    'refuses another %s, as the SDK does',
    async (name) => {
      const changed = { ...vector, [name]: 'other' };
      expect(sdk.validateHMAC(changed as unknown as Item, key)).toBe(false);
      expect(await check(adyen, notification(changed), {}, key)).toMatchObject({ reason: 'signature_mismatch' });
    },
  );

  it('refuses another amount', async () => {
    for (const amount of [
      { currency: 'EUR', value: 10_000 },
      { currency: 'USD', value: 1000 },
    ])
      expect(await check(adyen, notification({ ...vector, amount }), {}, key)).toMatchObject({
        reason: 'signature_mismatch',
      });
  });

  it('does not notice what Adyen does not sign: the reason, the payment method', async () => {
    const changed = { ...vector, reason: 'other', paymentMethod: 'mc' };
    expect(await check(adyen, notification(changed), {}, key)).toEqual(genuine);
  });

  it('names the event by the code that is signed, whatever is put beside the item', async () => {
    const body = JSON.stringify({ type: 'REFUND', ...(JSON.parse(notification(vector)) as object) });
    expect(await check(adyen, body, {}, key)).toEqual(genuine);
    expect(identify(adyen, { headers: {}, body: Buffer.from(body) }).eventType).toBe('CAPTURE');
  });

  it.each([
    { originalReference: undefined },
    { merchantReference: '' },
    { merchantReference: 'Bestellung: 17 $& 👋 \\:' },
    { amount: { currency: 'JPY', value: 0 } },
    { amount: { currency: 'IDR', value: 9_007_199_254_740_991 } },
    { success: 'false' },
  ])('accepts what the SDK signs, with %j', async (change) => {
    const item = signedBySdk({ ...vector, ...change });
    expect(await check(adyen, notification(item), {}, key)).toEqual(genuine);
  });

  it("accepts an item without an amount, as Adyen's libraries for Java and PHP do: nothing is signed in its place", async () => {
    // HMACValidator.getDataToSign of Adyen/adyen-java-api-library, HmacSignature of adyen-php-api-library
    const { amount: _, ...none } = signedBySdk({ ...vector, eventCode: 'REPORT_AVAILABLE', amount: {} });
    for (const item of [none, { ...none, amount: {} }, { ...none, amount: null }])
      expect(await check(adyen, notification(item), {}, key)).toEqual(genuine);
    expect(await check(adyen, notification({ ...none, amount: vector.amount }), {}, key)).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it('signs what the SDK accepts: every sample', async () => {
    const samples = (await guide.samples()).filter(({ verify }) => verify === 'payments');
    for (const sample of samples) {
      const unsigned = { body: Buffer.from(sample.body), headers: sample.headers, timestamp: arrival };
      const { body } = await sign(schemeOf(adyen), unsigned, key);
      const sent = JSON.parse(Buffer.from(body).toString()) as {
        notificationItems: { NotificationRequestItem: Item }[];
      };
      const [only] = sent.notificationItems;
      expect(only && sdk.validateHMAC(only.NotificationRequestItem, key)).toBe(true);
      expect(identify(adyen, { headers: {}, body })).toMatchObject({ eventType: sample.event, idSigned: false });
    }
    expect(samples.length).toBeGreaterThan(1);
  });

  it('refuses a second item, which no signature of the first covers', async () => {
    for (const items of [[vector, { ...vector, success: 'false' }], [vector, vector], []])
      expect(await check(adyen, notification(...items), {}, key)).toMatchObject({ ok: false });
  });

  it('refuses fields that were moved across a colon', async () => {
    const original = signedBySdk({ ...vector, merchantReference: 'a:b' });
    const moved = { ...original, merchantAccountCode: 'merchantAccount:a', merchantReference: 'b' };
    expect(sdk.validateHMAC(moved as unknown as Item, key)).toBe(true);
    expect(await check(adyen, notification(moved), {}, key)).toMatchObject({ reason: 'malformed_body' });
    expect(await check(adyen, notification(original), {}, key)).toEqual(genuine);
  });

  it('takes no key that is not hexadecimal', async () => {
    expect(await check(adyen, notification(vector), {}, 'not hex')).toMatchObject({ reason: 'unusable_secret' });
  });
});

describe('adyen (platform)', () => {
  const alternative = 'platform';

  it('names the event of each sample by the type in its body', async () => {
    const samples = (await guide.samples()).filter(({ verify }) => verify === alternative);
    for (const { event, headers, body } of samples) {
      const identity = identify(adyen, { headers, body: Buffer.from(body) }, alternative);
      expect(identity).toMatchObject({ eventType: event, idSigned: true });
    }
    expect(samples.length).toBeGreaterThan(1);
  });

  it.each(bodies)("agrees with Adyen's SDK both ways on %j", async (body) => {
    const headers = { hmacsignature: sdk.calculateHmac(body, key) };
    expect(await check(adyen, body, headers, key, { alternative })).toEqual(genuine);
    expect(await signed(adyen, body, key, { alternative })).toEqual(headers);
    expect(sdk.validateHMACSignature(key, headers.hmacsignature, body)).toBe(true);
    expect(sdk.validateHMACSignature(key, headers.hmacsignature, tampered(body))).toBe(false);
    expect(await check(adyen, tampered(body), headers, key, { alternative })).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it('takes no signature out of the body, and the payments way takes none out of the header', async () => {
    const body = notification(vector);
    expect(await check(adyen, body, {}, key, { alternative })).toMatchObject({ reason: 'missing_signature' });
    const unsigned = notification({ ...vector, additionalData: {} });
    const headers = { hmacsignature: sdk.calculateHmac(unsigned, key) };
    expect(await check(adyen, unsigned, headers, key)).toMatchObject({ reason: 'missing_signature' });
  });
});
