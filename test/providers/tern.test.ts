import { WebhookVerificationService } from '@hookflo/tern';
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clerk } from '../../providers/clerk.ts';
import { stripe } from '../../providers/stripe.ts';
import { arrival, check, genuine, signed } from './oracle.ts';

beforeEach(() => void vi.useFakeTimers({ now: arrival, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

type Platform = Parameters<typeof WebhookVerificationService.verifyWithPlatformConfig>[1];

async function tern(platform: Platform, body: string | Uint8Array, headers: Record<string, string>, secret: string) {
  const request = new Request('https://example.com/', { method: 'POST', body: Buffer.from(body), headers });
  return (await WebhookVerificationService.verifyWithPlatformConfig(request, platform, secret)).isValid;
}

/** Mistakes that were measured in @hookflo/tern 4.1.0, another verifier made of definitions; none is to be ours. */
describe('what tern 4.1.0 gets wrong', () => {
  const clerkSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const stripeSecret = 'whsec_0fJq9vTzR7mXwKcB2nYdLhGsUaPe5i3o';
  const headersFor = (body: string) => signed(clerk, body, clerkSecret, { headers: { 'svix-id': 'msg_1' } });

  it('agrees with us on a plain body, so what follows is about what follows', async () => {
    const headers = await headersFor('{}');
    expect(await tern('clerk', '{}', headers, clerkSecret)).toBe(true);
    expect(await check(clerk, '{}', headers, clerkSecret)).toEqual(genuine);
  });

  it.each(['{"a":"$&"}', '{"a":"$$"}', '{"a":"$`"}'])('takes %j for a replacement pattern', async (body) => {
    const headers = await headersFor(body);
    expect(await tern('clerk', body, headers, clerkSecret)).toBe(false);
    expect(await check(clerk, body, headers, clerkSecret)).toEqual(genuine);
  });

  it('looks at the last of two signatures alone, which breaks when a secret is rolled', async () => {
    const own = (await signed(stripe, '{}', stripeSecret))['stripe-signature'] ?? '';
    const headers = { 'stripe-signature': `${own},v1=${'0'.repeat(64)}` };
    expect(await tern('stripe', '{}', headers, stripeSecret)).toBe(false);
    expect(await check(stripe, '{}', headers, stripeSecret)).toEqual(genuine);
  });

  it('takes what is signed with nothing when its secret is empty', async () => {
    const timestamp = arrival / 1000;
    const hex = createHmac('sha256', '').update(`${timestamp}.{}`).digest('hex');
    const headers = { 'stripe-signature': `t=${timestamp},v1=${hex}` };
    expect(await tern('stripe', '{}', headers, '')).toBe(true);
    expect(await check(stripe, '{}', headers, '')).toMatchObject({ reason: 'unusable_secret' });
  });

  it('rejects a genuine body that begins with a byte order mark', async () => {
    const body = '\ufeff{}';
    const headers = await signed(stripe, body, stripeSecret);
    expect(await tern('stripe', body, headers, stripeSecret)).toBe(false);
    expect(await check(stripe, body, headers, stripeSecret)).toEqual(genuine);
  });

  it('rejects a genuine body that is not UTF-8', async () => {
    const body = Buffer.from([0x7b, 0xff, 0x7d]);
    const timestamp = arrival / 1000;
    const hex = createHmac('sha256', stripeSecret).update(`${timestamp}.`).update(body).digest('hex');
    const headers = { 'stripe-signature': `t=${timestamp},v1=${hex}` };
    expect(await tern('stripe', body, headers, stripeSecret)).toBe(false);
    expect(await check(stripe, body, headers, stripeSecret)).toEqual(genuine);
  });
});
