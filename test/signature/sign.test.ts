import { describe, expect, it } from 'vitest';
import { generateSecret } from '../../src/signature/generate-secret.ts';
import type { HmacScheme, PublicKeyScheme, Scheme } from '../../src/signature/scheme.ts';
import { sign } from '../../src/signature/sign.ts';
import { verify } from '../../src/signature/verify.ts';
import { arrival, mac, over, plain, secret, stamped } from './schemes.ts';

const unsigned = { body: Buffer.from('hello'), timestamp: arrival };

describe('sign', () => {
  it('takes for code that comes down to another scheme the secrets of that scheme', async () => {
    const like: PublicKeyScheme = {
      scheme: 'publicKey',
      algorithm: 'rsa-sha1',
      key: 'pem',
      signature: { header: 'x-signature', encoding: 'base64' },
      message: [{ part: 'body' }],
    };
    const code: Scheme = {
      scheme: 'code',
      summary: '',
      coversBody: true,
      secretLike: like,
      verify: (request, secrets, options) => verify(like, request, secrets, options),
      sign: (request, key) => sign(like, request, key),
    };
    const pair = generateSecret(code);
    const { headers, body } = await sign(code, unsigned, pair.signingSecret);
    const request = { headers, body, receivedAt: arrival };
    expect(await verify(code, request, [pair.secret])).toEqual({ ok: true, secretIndex: 0 });
    expect(await verify(code, request, ['no PEM'])).toMatchObject({ reason: 'unusable_secret' });
    await expect(sign(code, unsigned, pair.secret)).rejects.toMatchObject({ code: 'secret_missing' });
    const hmac: Scheme = { ...code, secretLike: plain, sign: (text, key) => sign(plain, text, key) };
    await expect(sign(hmac, unsigned, ' ')).rejects.toMatchObject({ code: 'secret_missing' });
  });

  it('writes a signature in the body as a header would carry it: with prefix, in pairs, in a list', async () => {
    const message: HmacScheme['message'] = [{ part: 'json', path: 'id' }];
    for (const [form, text] of [
      [{ prefix: 'sha256=' }, `sha256=${mac('7')}`],
      [{ pairs: { separator: ',', key: 'v1' } }, `v1=${mac('7')}`],
      [{ listLabel: 'v1,' }, `v1,${mac('7')}`],
    ] as const) {
      const inBody: HmacScheme = { ...plain, signature: { json: 'sig', encoding: 'hex', ...form }, message };
      const { headers, body } = await sign(inBody, { body: Buffer.from('{"id":7}'), timestamp: arrival }, secret);
      expect(JSON.parse(Buffer.from(body).toString())).toEqual({ id: 7, sig: text });
      expect(await verify(inBody, { headers, body, receivedAt: arrival }, [secret])).toMatchObject({ ok: true });
    }
  });

  it('writes what node:crypto computes, in the form of the scheme', async () => {
    const ts = String(arrival / 1000);
    expect(await sign(plain, unsigned, secret)).toEqual({
      headers: { 'x-signature': `sha256=${mac('hello')}` },
      body: unsigned.body,
    });
    expect((await sign(stamped, unsigned, secret)).headers).toEqual({
      'x-signature': `t=${ts},v1=${mac(`${ts}.hello`)}`,
    });
  });

  it('puts a signature and a timestamp that stand in the body there', async () => {
    const scheme: HmacScheme = {
      ...over({ part: 'timestamp' }, { part: 'json', path: 'signature.token' }),
      signature: { json: 'signature.signature', encoding: 'hex' },
      timestamp: { from: { json: 'signature.timestamp' }, unit: 'seconds', toleranceSeconds: 300 },
    };
    const body = Buffer.from('{"signature":{"token":"abc","timestamp":"1"},"event":{"n":1}}');
    const parts = await sign(scheme, { ...unsigned, body }, secret);
    const ts = String(arrival / 1000);
    expect(JSON.parse(Buffer.from(parts.body).toString())).toEqual({
      signature: { token: 'abc', timestamp: ts, signature: mac(`${ts}abc`) },
      event: { n: 1 },
    });
    const request = { headers: parts.headers, body: parts.body, receivedAt: arrival };
    expect(await verify(scheme, request, [secret])).toEqual({ ok: true, secretIndex: 0 });
    await expect(sign(scheme, unsigned, secret)).rejects.toMatchObject({ code: 'usage' });
  });

  it('says what is missing, without the secret', async () => {
    const scheme = over({ part: 'header', name: 'x-id' }, '.', { part: 'body' });
    await expect(sign(scheme, unsigned, secret)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('x-id') as string,
    });
    await expect(sign(plain, unsigned, ' ')).rejects.toMatchObject({ code: 'secret_missing' });
    const onlyTheProvider: Scheme = {
      scheme: 'code',
      summary: '',
      coversBody: true,
      verify: async () => ({ ok: true, secretIndex: 0 }),
    };
    await expect(sign(onlyTheProvider, unsigned, secret)).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('generateSecret', () => {
  const keyed = (algorithm: PublicKeyScheme['algorithm'], key: PublicKeyScheme['key']): PublicKeyScheme => ({
    scheme: 'publicKey',
    algorithm,
    key,
    signature: { header: 'x-signature', encoding: 'base64' },
    message: [{ part: 'body' }],
  });
  const schemes: Record<string, Scheme> = {
    text: plain,
    'a hex key': { ...plain, key: 'hex' },
    'a base64 key': { ...plain, key: 'base64' },
    'a whsec key': { ...plain, key: 'whsec' },
    'SHA-512': { ...plain, hash: 'sha512' },
    'a token': { scheme: 'token', at: { header: 'x-token' } },
    'basic authentication': { scheme: 'basic' },
    'Ed25519 in hex': keyed('ed25519', 'hex32'),
    'Ed25519 as whpk': keyed('ed25519', 'whpk'),
    'Ed25519 in PEM': keyed('ed25519', 'pem'),
    'ECDSA in base64': keyed('ecdsa-p256-sha256', 'spki-base64'),
    'RSA-SHA256 in PEM': keyed('rsa-sha256', 'pem'),
    'RSA-SHA1 in base64': keyed('rsa-sha1', 'spki-base64'),
  };

  it.each(Object.entries(schemes))('makes a secret that signs and verifies: %s', async (_, scheme) => {
    const { secret, signingSecret } = generateSecret(scheme);
    const parts = await sign(scheme, unsigned, signingSecret);
    const request = { ...parts, receivedAt: arrival };
    expect(await verify(scheme, request, [secret])).toEqual({ ok: true, secretIndex: 0 });
    expect(await verify(scheme, request, [generateSecret(scheme).secret])).toMatchObject({ ok: false });
  });

  it('is never the same twice', () => {
    expect(generateSecret(plain).secret).not.toBe(generateSecret(plain).secret);
  });
});

describe('public keys', () => {
  const ed25519: PublicKeyScheme = {
    scheme: 'publicKey',
    algorithm: 'ed25519',
    key: 'hex32',
    signature: { header: 'x-signature', encoding: 'hex' },
    message: [{ part: 'body' }],
  };

  it('verifies and signs test 2 of RFC 8032, section 7.1', async () => {
    const publicKey = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
    const seed = '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb';
    const signature =
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';
    const request = { headers: { 'x-signature': signature }, body: Buffer.from([0x72]), receivedAt: 0 };
    expect(await verify(ed25519, request, [publicKey])).toEqual({ ok: true, secretIndex: 0 });
    expect(await sign(ed25519, { body: request.body, timestamp: 0 }, seed)).toMatchObject({ headers: request.headers });
  });

  it('refuses a key of another kind, a private key, and what is no key', async () => {
    const pem = { ...ed25519, key: 'pem' } as const;
    const { signingSecret } = generateSecret(pem);
    const rsa = generateSecret({ ...pem, algorithm: 'rsa-sha256' }).secret;
    const request = { headers: { 'x-signature': 'ab'.repeat(64) }, body: unsigned.body, receivedAt: 0 };
    for (const secret of [rsa, signingSecret, 'text', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'])
      expect(await verify(pem, request, [secret])).toMatchObject({ reason: 'unusable_secret' });
    for (const secret of ['ab', 'zz'.repeat(32), 'ab'.repeat(33)])
      expect(await verify(ed25519, request, [secret])).toMatchObject({ reason: 'unusable_secret' });
    await expect(sign(ed25519, unsigned, 'ab')).rejects.toMatchObject({ code: 'secret_missing' });
  });
});
