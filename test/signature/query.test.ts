import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { credentialHeaders, credentialQuery, hasCredential } from '../../src/signature/credentials.ts';
import { covers } from '../../src/signature/coverage.ts';
import { needsOf } from '../../src/signature/needs.ts';
import { decodeQuery, decodeQueryText, readQuery, survivesUrl } from '../../src/signature/query.ts';
import type { TokenScheme } from '../../src/signature/scheme.ts';
import { secretProblem } from '../../src/signature/secret.ts';
import { sign } from '../../src/signature/sign.ts';
import { verify } from '../../src/signature/verify.ts';
import { mac, over, request } from './schemes.ts';

/** What API Gateway may make of a parameter between the URL and the message. */
const readings = [
  (text: string) => text,
  (text: string) => decodeURIComponent(text),
  (text: string) => new URLSearchParams(`x=${text}`).get('x') ?? '',
];

describe('a text that survives a URL', () => {
  it('is the same however it was escaped and whoever decoded it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9._-]+$/), (text) => {
        expect(survivesUrl(text)).toBe(true);
        for (const escaped of [text, encodeURIComponent(text), new URLSearchParams({ x: text }).toString().slice(2)])
          for (const read of readings) expect(read(escaped)).toBe(text);
        expect(decodeQueryText(text)).toBe(text);
      }),
    );
  });

  it.each([
    '',
    ' ',
    'a b',
    'a+b',
    'a%41',
    'a,b',
    'a&b',
    'a=b',
    'a~b',
    'a/b',
    'a\n',
    '\na',
    'a\r',
    'ä',
    'a\u0000',
    '"',
    '\\',
  ])('is not %j', (text) => {
    expect(survivesUrl(text)).toBe(false);
  });
});

describe('readQuery', () => {
  it('knows names in their own case alone, takes an empty value for none, and nothing from a prototype', () => {
    const query = { Kind: 'a', empty: '' };
    expect(readQuery(query, 'Kind')).toBe('a');
    for (const name of ['kind', 'empty', 'constructor', '__proto__', 'toString'])
      expect(readQuery(query, name)).toBeUndefined();
    expect(readQuery(undefined, 'Kind')).toBeUndefined();
  });
});

describe('decodeQueryText', () => {
  it.each(['order.created', 'order created', 'größe', 'a&b=c', 'x:y/z'])('says %j whichever way it came', (text) => {
    for (const escape of [encodeURIComponent, (each: string) => new URLSearchParams({ x: each }).toString().slice(2)])
      for (const read of readings) expect(decodeQueryText(read(escape(text)))).toBe(text);
  });

  it('leaves what begins no escape, and gives nothing that holds a control character', () => {
    expect(decodeQueryText('100%')).toBe('100%');
    expect(decodeQueryText('%zz')).toBe('%zz');
    for (const text of ['a%0Ab', 'a\nb', 'a%0D', '%00', 'a%09b', '%7F', '%C2%85', '%E2%80%A8'])
      expect(decodeQueryText(text)).toBeUndefined();
    expect(decodeQuery({ a: 'x%20y', b: 'x%0Ay', c: 'z' })).toEqual({ a: 'x y', c: 'z' });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(['string', 'undefined']).toContain(typeof decodeQueryText(text));
      }),
    );
  });
});

describe('a token in a query parameter', () => {
  const scheme: TokenScheme = { scheme: 'token', at: { query: 'token' } };
  const secret = 'Ab-1._2cdef';
  const ask = (token: string | undefined, secrets = [secret]) =>
    verify(scheme, { ...request({}), query: token === undefined ? {} : { token } }, secrets);

  it('is taken if it is the secret, to the letter', async () => {
    expect(await ask(secret)).toEqual({ ok: true, secretIndex: 0 });
    expect(await ask(secret, ['old', secret])).toEqual({ ok: true, secretIndex: 1 });
    for (const other of [secret.toLowerCase(), secret.slice(0, -1), `${secret}0`])
      expect(await ask(other)).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('is missing where it is absent or empty, in another case, or in a header of that name', async () => {
    for (const token of [undefined, '']) expect(await ask(token)).toMatchObject({ reason: 'missing_signature' });
    const elsewhere = { ...request({ token: secret }), query: { Token: secret } };
    expect(await verify(scheme, elsewhere, [secret])).toMatchObject({ reason: 'missing_signature' });
    expect(await verify(scheme, request({ token: secret }), [secret])).toMatchObject({ reason: 'missing_signature' });
  });

  it('is never decoded, nor taken out of several', async () => {
    const escaped = secret.replaceAll(/./g, (each) => `%${each.charCodeAt(0).toString(16)}`);
    for (const token of [escaped, `${secret},${secret}`, `,${secret}`, `${secret}\n`, ` ${secret}`, `${secret}+`])
      expect(await ask(token)).toMatchObject({ reason: 'malformed_signature' });
  });

  it('takes no secret that a URL may change, and none that is empty', async () => {
    for (const bad of ['a b', 'a+b', 'a/b', 'abc=', 'a%41', 'a,b', 'a~b', 'pässword'])
      expect(secretProblem(scheme, bad)).toMatch(/may be changed on its way in a URL/);
    expect(secretProblem(scheme, secret)).toBeUndefined();
    expect(secretProblem({ scheme: 'token', at: { header: 'x-token' } }, 'a b')).toBeUndefined();
    for (const token of ['', 'a+b', undefined])
      for (const secrets of [[''], [' '], [], ['a+b']])
        expect(await ask(token, secrets)).toMatchObject({ ok: false, reason: 'unusable_secret' });
  });

  it('is what signing adds, and a credential', async () => {
    const signed = await sign({ ...scheme, prefix: 'v1.' }, { body: Buffer.from('x'), timestamp: 0 }, secret);
    expect(signed).toMatchObject({ headers: {}, query: { token: `v1.${secret}` } });
    expect(credentialQuery(scheme)).toEqual(['token']);
    expect(credentialHeaders(scheme)).toEqual([]);
    expect(hasCredential(scheme)).toBe(true);
    expect(needsOf(scheme)).toEqual({ url: false, method: false, query: ['token'] });
    expect(covers(scheme, { query: 'token' })).toBe(false);
  });
});

describe('a signed query parameter', () => {
  const scheme = over({ part: 'query', name: 'id' }, '.', { part: 'body' });
  const ask = (id: string | undefined, signed = id) =>
    verify(
      scheme,
      { ...request({ 'x-signature': `sha256=${mac(`${signed}.hello`)}` }), query: { ...(id && { id }) } },
      ['a secret that both sides know'],
    );

  it('is part of what is signed', async () => {
    expect(await ask('evt_1-A')).toEqual({ ok: true, secretIndex: 0 });
    expect(await ask('evt_2', 'evt_1')).toMatchObject({ reason: 'signature_mismatch' });
    expect(await ask(undefined, '')).toMatchObject({ reason: 'missing_signature' });
  });

  it('is refused where the text that follows it stands in it, where it came twice, and where it may be escaped', async () => {
    // The dot stands in the message behind it: "a.b" and "hello" sign the same as "a" and "b.hello".
    for (const id of ['a.b', 'a,b', 'a%41', 'a b', 'a+b', 'a\nb', 'a~', 'ä'])
      expect(await ask(id)).toMatchObject({ reason: 'malformed_signature' });
  });

  it('is covered by the signature, and no other parameter is', () => {
    expect(covers(scheme, { query: 'id' })).toBe(true);
    expect(covers(scheme, { query: 'Id' })).toBe(false);
    expect(covers(scheme, { header: 'id' })).toBe(false);
    expect(needsOf(scheme).query).toEqual(['id']);
  });
});
