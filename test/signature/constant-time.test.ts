import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import type { Scheme } from '../../src/signature/scheme.ts';
import { verify } from '../../src/signature/verify.ts';
import { mac, plain, request, secret } from './schemes.ts';

// How long a comparison takes is not measured here: it would be noise. What is checked is who compares, and what.
// Spied on in place, since every file of a worker shares its modules: what has imported it by name sees it too.
let compare: MockInstance<typeof crypto.timingSafeEqual>;
beforeEach(() => {
  compare = vi.spyOn(crypto, 'timingSafeEqual');
  syncBuiltinESMExports();
});
afterEach(() => {
  compare.mockRestore();
  syncBuiltinESMExports();
});

const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
const cases: readonly [name: string, scheme: Scheme, headers: Record<string, string>, wrong: Record<string, string>][] =
  [
    ['a HMAC', plain, { 'x-signature': `sha256=${mac('hello')}` }, { 'x-signature': `sha256=${'0'.repeat(64)}` }],
    ['a token', { scheme: 'token', at: { header: 'x-token' } }, { 'x-token': secret }, { 'x-token': `${secret}x` }],
    ['user and password', { scheme: 'basic' }, basic('user:pass'), basic('user:password')],
  ];

describe('CVE-2022-36885 (Jenkins for GitHub), GHSA-f67f-2j6r-m4c9 (GitLab Branch Source), GHSA-2xpq-5952-38w3 (MSTeams trigger), GHSA-86j9-25m2-9w97 (Zanata); @paddle/paddle-node-sdk, hubspot, square, @sanity/webhook, convoy, zoom/webhook-sample: compared with ==', () => {
  it.each(cases)('%s is compared by timingSafeEqual, over as many bytes whatever was sent', async (_, ...given) => {
    const [scheme, headers, wrong] = given;
    const key = scheme.scheme === 'basic' ? 'user:pass' : secret;
    expect(await verify(scheme, request(headers), [key])).toEqual({ ok: true, secretIndex: 0 });
    expect(await verify(scheme, request(wrong), [key])).toMatchObject({ reason: 'signature_mismatch' });
    const compared = compare.mock.calls.map(([one, other]) => [one.byteLength, other.byteLength]);
    expect(compared).toEqual([
      [32, 32],
      [32, 32],
    ]);
  });
});
