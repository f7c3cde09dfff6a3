import { describe, expect, it } from 'vitest';
import { adyen } from '../../providers/adyen.ts';
import { guide } from '../../providers/samples/adyen.ts';
import { identify } from '../../src/catalogue/identify.ts';
import { schemeOf } from '../../src/catalogue/scheme-of.ts';
import { sign } from '../../src/signature/sign.ts';
import { arrival, check, genuine, signed } from './oracle.ts';
import { judge, readRecorded, type RecordedRequest, requestsCalled } from './recorded/recorded.ts';

const recorded = readRecorded('adyen');
const key = recorded.secret;
const called = (what: string) => requestsCalled(recorded, what);

/** The item of a notification that Adyen's SDK judged. */
function itemOf(request: RecordedRequest | undefined): Record<string, unknown> {
  const { notificationItems } = JSON.parse(request?.body ?? '') as {
    notificationItems: [{ NotificationRequestItem: Record<string, unknown> }];
  };
  return notificationItems[0].NotificationRequestItem;
}

const vector = itemOf(called("the vector of the SDK's tests")[0]);

const notification = (...items: readonly object[]) =>
  JSON.stringify({ live: 'false', notificationItems: items.map((item) => ({ NotificationRequestItem: item })) });

describe('adyen (payments)', () => {
  it("accepts the vector of Adyen's SDK, whose key is hexadecimal in either case", async () => {
    expect(await check(adyen, notification(vector), {}, key)).toEqual(genuine);
    expect(await check(adyen, notification(vector), {}, key.toLowerCase())).toEqual(genuine);
  });

  it.each(recorded.requests.filter(({ what }) => what !== 'with fields moved across a colon'))(
    "judges as Adyen's SDK does what came $what: $body",
    async (request) => {
      expect((await judge(adyen, recorded, request)).ok).toBe(request.accepted);
    },
  );

  it.each(called('with something else that is signed'))(
    'refuses for its signature what came $what: $body',
    async (request) => {
      expect(await judge(adyen, recorded, request)).toMatchObject({ reason: 'signature_mismatch' });
    },
  );

  it('does not notice what Adyen does not sign: the reason, the payment method', async () => {
    const changed = { ...vector, reason: 'other', paymentMethod: 'mc' };
    expect(await check(adyen, notification(changed), {}, key)).toEqual(genuine);
  });

  it('names the event by the code that is signed, whatever is put beside the item', async () => {
    const body = JSON.stringify({ type: 'REFUND', ...(JSON.parse(notification(vector)) as object) });
    expect(await check(adyen, body, {}, key)).toEqual(genuine);
    expect(identify(adyen, { headers: {}, body: Buffer.from(body) }).eventType).toBe('CAPTURE');
  });

  it("accepts an item without an amount, as Adyen's libraries for Java and PHP do: nothing is signed in its place", async () => {
    // HMACValidator.getDataToSign of Adyen/adyen-java-api-library, HmacSignature of adyen-php-api-library
    const { amount: _, ...none } = itemOf(called('without an amount')[0]);
    for (const item of [none, { ...none, amount: {} }, { ...none, amount: null }])
      expect(await check(adyen, notification(item), {}, key)).toEqual(genuine);
    expect(await check(adyen, notification({ ...none, amount: vector['amount'] }), {}, key)).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it('signs what the SDK accepts: every sample', async () => {
    const samples = (await guide.samples()).filter(({ verify }) => verify === 'payments');
    const accepted = called('a sample').map((request) => itemOf(request));
    const made = samples.map(async ({ event, body, headers }) => {
      const parts = await sign(schemeOf(adyen), { body: Buffer.from(body), headers, timestamp: arrival }, key);
      expect(identify(adyen, { headers: {}, body: parts.body })).toMatchObject({ eventType: event, idSigned: false });
      return JSON.parse(Buffer.from(parts.body).toString()) as unknown;
    });
    expect(await Promise.all(made)).toEqual(accepted.map((item) => JSON.parse(notification(item)) as unknown));
    expect(samples.length).toBeGreaterThan(1);
  });

  it('refuses a second item, which no signature of the first covers', async () => {
    for (const items of [[vector, { ...vector, success: 'false' }], [vector, vector], []])
      expect(await check(adyen, notification(...items), {}, key)).toMatchObject({ ok: false });
  });

  it.each(called('with fields moved across a colon'))(
    'refuses what came $what, which the SDK accepts',
    async (request) => {
      expect(await judge(adyen, recorded, request)).toMatchObject({ reason: 'malformed_body' });
      expect(request.accepted).toBe(true);
    },
  );

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

  const bySdk = called('as signed').filter(({ alternative: its }) => its === alternative);

  it.each(bySdk)("signs as Adyen's SDK: $body", async ({ body, headers }) => {
    expect(await signed(adyen, body, key, { alternative })).toEqual(headers);
  });

  it('takes no signature out of the body, and the payments way takes none out of the header', async () => {
    const body = notification(vector);
    expect(await check(adyen, body, {}, key, { alternative })).toMatchObject({ reason: 'missing_signature' });
    const unsigned = notification({ ...vector, additionalData: {} });
    const headers = await signed(adyen, unsigned, key, { alternative });
    expect(await check(adyen, unsigned, headers, key)).toMatchObject({ reason: 'missing_signature' });
  });
});
