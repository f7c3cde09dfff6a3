import { Mux } from '@mux/mux-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mux } from '../../providers/mux.ts';
import { accepts, arrival, bodies, check, genuine, signed, tampered } from './oracle.ts';

const { webhooks } = new Mux({ tokenId: 'unused', tokenSecret: 'unused' });
const secret = '9ctqfjgjvv4rw8q7bz0dnxlm2h5ks3py';
const verifies = (body: string, headers: Record<string, string>) =>
  accepts(() => webhooks.verifySignature(body, headers, secret));

beforeEach(() => void vi.useFakeTimers({ now: arrival, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

describe('mux', () => {
  it("accepts the vector in the tests of Mux's SDK, as the SDK does; no other body, and no other time", async () => {
    const vector = {
      'mux-signature': 't=1565125718,v1=854ece4c22acef7c66b57d4e504153bc512595e8e9c772ece2a68150548c19a7',
    };
    const receivedAt = 1565125718_000;
    vi.setSystemTime(receivedAt);
    const body = '{"test":"body"}';
    expect(await accepts(() => webhooks.verifySignature(body, vector, 'SuperSecret123'))).toBe(true);
    expect(await check(mux, body, vector, 'SuperSecret123', { receivedAt })).toEqual(genuine);
    expect(await check(mux, tampered(body), vector, 'SuperSecret123', { receivedAt })).toMatchObject({
      reason: 'signature_mismatch',
    });
    const later = { 'mux-signature': vector['mux-signature'].replace('t=1565125718', 't=1565125719') };
    expect(await check(mux, body, later, 'SuperSecret123', { receivedAt })).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it.each(bodies)("signs what Mux's SDK accepts, and it refuses the same for another body: %j", async (body) => {
    const headers = await signed(mux, body, secret);
    expect(await verifies(body, headers)).toBe(true);
    expect(await verifies(tampered(body), headers)).toBe(false);
    expect(await check(mux, body, headers, secret)).toEqual(genuine);
  });

  it('refuses what is older than five minutes, as the SDK does', async () => {
    const headers = await signed(mux, '{}', secret, { receivedAt: arrival - 301_000 });
    expect(await verifies('{}', headers)).toBe(false);
    expect(await check(mux, '{}', headers, secret)).toMatchObject({ reason: 'stale_timestamp' });
  });
});
