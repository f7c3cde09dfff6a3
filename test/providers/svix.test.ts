import { Webhook } from 'svix';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { standardWebhooksProvider } from '../../providers/standard-webhooks.ts';
import { svix } from '../../providers/svix.ts';
import { accepts, arrival, bodies, check, genuine, signed, tampered } from './oracle.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';

beforeEach(() => void vi.useFakeTimers({ now: arrival, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

describe('svix', () => {
  it.each(bodies)("agrees with Svix's SDK both ways on %j", async (body) => {
    const webhook = new Webhook(secret);
    const theirs = {
      'svix-id': id,
      'svix-timestamp': String(arrival / 1000),
      'svix-signature': webhook.sign(id, new Date(arrival), body),
    };
    expect(await check(svix, body, theirs, secret)).toEqual(genuine);
    expect(await check(svix, tampered(body), theirs, secret)).toMatchObject({ reason: 'signature_mismatch' });
    const ours = await signed(svix, body, secret, { headers: { 'svix-id': id } });
    expect(ours).toEqual(theirs);
  });

  it("signs what Svix's SDK accepts, and it refuses the same for another body", async () => {
    const body = '{"type":"a.b"}';
    const webhook = new Webhook(secret);
    const headers = await signed(svix, body, secret, { headers: { 'svix-id': id } });
    expect(await accepts(() => webhook.verify(body, headers))).toBe(true);
    expect(await accepts(() => webhook.verify(tampered(body), headers))).toBe(false);
  });

  it("tells bodies apart that are not UTF-8, which Svix's SDK does not", async () => {
    const headers = await signed(svix, '"\ufffd"', secret, { headers: { 'svix-id': id } });
    const notUtf8 = Buffer.from([0x22, 0xff, 0x22]);
    const verifies = (body: string | Buffer) => accepts(() => new Webhook(secret).verify(body, headers));
    expect(await verifies(notUtf8)).toBe(true);
    expect(await check(svix, notUtf8, headers, secret)).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('refuses a list whose only signature is empty or cut short (CVE-2024-21491)', async () => {
    const body = '{}';
    const headers = await signed(svix, body, secret, { headers: { 'svix-id': id } });
    for (const signature of ['v1,', 'v1', headers['svix-signature']?.slice(0, -8) ?? ''])
      expect(await check(svix, body, { ...headers, 'svix-signature': signature }, secret)).toMatchObject({ ok: false });
  });
});

describe('svix v1a', () => {
  // server/svix-server/src/worker.rs and core/types/mod.rs of svix/svix-webhooks, with the key's public half
  const publicKey = 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=';
  const signature = 'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==';
  const body = '{"test": 2432232314}';
  const extra = { alternative: 'v1a', receivedAt: 1614265330000 };

  it.each([
    ['svix', svix],
    ['webhook', standardWebhooksProvider],
  ] as const)("accepts what Svix's server signs with an Ed25519 key, under %s-*", async (prefix, provider) => {
    const headers = {
      [`${prefix}-id`]: id,
      [`${prefix}-timestamp`]: '1614265330',
      [`${prefix}-signature`]: signature,
    };
    expect(await check(provider, body, headers, publicKey, extra)).toEqual(genuine);
    expect(await check(provider, tampered(body), headers, publicKey, extra)).toMatchObject({
      reason: 'signature_mismatch',
    });
  });
});
