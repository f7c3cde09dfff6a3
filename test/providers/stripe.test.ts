import { Stripe } from 'stripe';
import { describe, expect, it } from 'vitest';
import { stripe } from '../../providers/stripe.ts';
import { accepts, arrival, bodies, check, genuine, signed, tampered } from './oracle.ts';

const { webhooks } = new Stripe('sk_test_unused');
const secret = 'whsec_0fJq9vTzR7mXwKcB2nYdLhGsUaPe5i3o';
const timestamp = arrival / 1000;

/** Stripe's verifier as it is meant to be used on stored deliveries: it takes the time of arrival. */
function verifies(body: string, header: string, receivedAt = arrival, tolerance = 300): Promise<boolean> {
  return accepts(() => webhooks.signature!.verifyHeader(body, header, secret, tolerance, undefined, receivedAt));
}

function header(payload: string, at = timestamp, by = secret): string {
  return webhooks.generateTestHeaderString({ payload, secret: by, timestamp: at });
}

describe('stripe', () => {
  it.each(bodies)("agrees with Stripe's SDK both ways on %j", async (body) => {
    expect(await check(stripe, body, { 'stripe-signature': header(body) }, secret)).toEqual(genuine);
    expect(await check(stripe, tampered(body), { 'stripe-signature': header(body) }, secret)).toMatchObject({
      reason: 'signature_mismatch',
    });
    const ours = await signed(stripe, body, secret);
    expect(ours).toEqual({ 'stripe-signature': header(body) });
    expect(await verifies(body, ours['stripe-signature'] ?? '')).toBe(true);
    expect(await verifies(tampered(body), ours['stripe-signature'] ?? '')).toBe(false);
  });

  it('accepts either signature while a secret is rolled, whichever stands first', async () => {
    const body = '{"id":"evt_1"}';
    const entry = (by: string) => header(body, timestamp, by).split(',')[1];
    for (const [first, second] of [
      [secret, 'whsec_other'],
      ['whsec_other', secret],
    ] as const) {
      const both = `t=${timestamp},${entry(first)},${entry(second)},v0=${'0'.repeat(64)}`;
      expect(await check(stripe, body, { 'stripe-signature': both }, secret)).toEqual(genuine);
      expect(await verifies(body, both)).toBe(true);
    }
  });

  it('takes no signature of the older scheme v0', async () => {
    const body = '{}';
    const older = header(body).replace('v1=', 'v0=');
    expect(await check(stripe, body, { 'stripe-signature': older }, secret)).toMatchObject({
      reason: 'missing_signature',
    });
  });

  it('refuses what is older than five minutes, as the SDK does', async () => {
    const body = '{}';
    const old = header(body, timestamp - 301);
    expect(await verifies(body, old)).toBe(false);
    expect(await check(stripe, body, { 'stripe-signature': old }, secret)).toMatchObject({ reason: 'stale_timestamp' });
  });

  it("is stricter than Stripe's SDK: a timestamp a year ahead is stale", async () => {
    const body = '{}';
    const future = header(body, timestamp + 365 * 86_400);
    expect(await verifies(body, future)).toBe(true);
    expect(await check(stripe, body, { 'stripe-signature': future }, secret)).toMatchObject({
      reason: 'stale_timestamp',
    });
  });

  it("keeps a byte order mark, which Stripe's SDK drops from bytes before it checks", async () => {
    const bytes = Buffer.from('\ufeff{}');
    const without = header('{}');
    expect(await accepts(() => webhooks.signature!.verifyHeader(bytes, without, secret, 300, undefined, arrival))).toBe(
      true,
    );
    expect(await check(stripe, bytes, { 'stripe-signature': without }, secret)).toMatchObject({
      reason: 'signature_mismatch',
    });
    expect(await check(stripe, bytes, { 'stripe-signature': header('\ufeff{}') }, secret)).toEqual(genuine);
  });

  it('does not take an empty secret (CVE-2026-41432)', async () => {
    const forged = await signed(stripe, '{}', 'x').then(() => `t=${timestamp},v1=${'a'.repeat(64)}`);
    expect(await check(stripe, '{}', { 'stripe-signature': forged }, '')).toMatchObject({ reason: 'unusable_secret' });
  });
});
