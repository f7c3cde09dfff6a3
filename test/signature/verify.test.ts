import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { HmacScheme, JudgingCode, Scheme, SigningCode } from '../../src/signature/scheme.ts';
import type { SignedRequest, Verdict } from '../../src/signature/types.ts';
import { verify } from '../../src/signature/verify.ts';
import { arrival, mac, over, plain, request, secret, stamped } from './schemes.ts';

const genuine: Verdict = { ok: true, secretIndex: 0 };
const ts = String(arrival / 1000);

describe('candidates', () => {
  const pairs = (text: string) => verify(stamped, request({ 'x-signature': text }), [secret]);

  it('takes any of several signatures, whichever stands first', async () => {
    const good = mac(`${ts}.hello`);
    const bad = mac('something else');
    for (const text of [`t=${ts},v1=${good},v1=${bad}`, `v1=${bad},t=${ts},v1=${good}`, `t=${ts}, v1=${good}, v0=junk`])
      expect(await pairs(text)).toEqual(genuine);
  });

  it('does not let an entry that is malformed hide a good one', async () => {
    expect(await pairs(`t=${ts},v1=zz,v1=,v1=${mac(`${ts}.hello`)}`)).toEqual(genuine);
    expect(await pairs(`t=${ts},v1=zz,v1=`)).toMatchObject({ reason: 'malformed_signature' });
  });

  it('refuses more than ten, even when one of them is good', async () => {
    const good = `v1=${mac(`${ts}.hello`)}`;
    const bad = `v1=${mac('x')}`;
    expect(await pairs([`t=${ts}`, ...Array<string>(9).fill(bad), good].join(','))).toEqual(genuine);
    expect(await pairs([`t=${ts}`, ...Array<string>(10).fill(bad), good].join(','))).toMatchObject({ ok: false });
    expect(await pairs([`t=${ts}`, good, ...Array<string>(10).fill(bad)].join(','))).toMatchObject({ ok: false });
    expect(await pairs([`t=${ts}`, ...Array<string>(1000).fill('v1=a')].join(','))).toMatchObject({ ok: false });
  });

  it('refuses two timestamps, because one of them is not the signed one', async () => {
    const text = `t=${ts},t=1,v1=${mac(`${ts}.hello`)}`;
    expect(await pairs(text)).toMatchObject({ reason: 'ambiguous_header' });
  });

  it.each([
    ['', 'missing_signature'],
    [`t=${ts}`, 'missing_signature'],
    [`t=${ts},v2=${mac(`${ts}.hello`)}`, 'missing_signature'],
    [`v1=${mac('hello')}`, 'missing_timestamp'],
    [`t=,v1=${mac('hello')}`, 'missing_timestamp'],
    [`t=0x10,v1=${mac('hello')}`, 'malformed_timestamp'],
    [`t= ${ts},v1=${mac('hello')}`, 'malformed_timestamp'],
    ['garbage', 'malformed_signature'],
    [`t=${ts},v1=${mac(`${ts}.hello`)},`, 'malformed_signature'],
    [`t=${ts},=,v1=${mac(`${ts}.hello`)}`, 'malformed_signature'],
    [`t=${Number(ts) + 301},v1=${mac(`${Number(ts) + 301}.hello`)}`, 'stale_timestamp'],
    [`t=${ts},v1=${mac(`${ts}.hellp`)}`, 'signature_mismatch'],
  ])('refuses %j as %s', async (text, reason) => {
    expect(await pairs(text)).toMatchObject({ ok: false, reason });
  });

  it('reads each of several headers', async () => {
    const scheme: HmacScheme = {
      ...plain,
      signature: { headers: ['x-signature-1', 'x-signature-2'], encoding: 'hex' },
    };
    expect(await verify(scheme, request({ 'x-signature-2': mac('hello') }), [secret])).toEqual(genuine);
    const both = { 'x-signature-1': mac('x'), 'x-signature-2': mac('hello') };
    expect(await verify(scheme, request(both), [secret])).toEqual(genuine);
    expect(await verify(scheme, request({}), [secret])).toMatchObject({ reason: 'missing_signature' });
  });

  it('wants the prefix, in its case, and the whole signature', async () => {
    for (const text of [mac('hello'), `SHA256=${mac('hello')}`, `sha1=${mac('hello')}`, `sha256= ${mac('hello')}`])
      expect(await verify(plain, request({ 'x-signature': text }), [secret])).toMatchObject({
        reason: 'malformed_signature',
      });
    const short = `sha256=${mac('hello').slice(0, 62)}`;
    expect(await verify(plain, request({ 'x-signature': short }), [secret])).toMatchObject({
      reason: 'malformed_signature',
    });
  });
});

describe('signed content', () => {
  const signed = (content: string) => ({ 'x-signature': `sha256=${mac(content)}` });

  it('takes method and URL as they are given, and the URL never from the request', async () => {
    const scheme = over({ part: 'method' }, { part: 'url' }, { part: 'body' });
    const url = 'https://hooks.example.com/a?b=%3A';
    const full = { ...request(signed(`POST${url}hello`)), url, method: 'POST' };
    expect(await verify(scheme, full, [secret])).toEqual(genuine);
    expect(await verify(scheme, { ...full, url: '' }, [secret])).toMatchObject({ reason: 'missing_context' });
    const { url: _url, ...noUrl } = full;
    expect(await verify(scheme, noUrl, [secret])).toMatchObject({ reason: 'missing_context' });
    const { method: _method, ...noMethod } = full;
    expect(await verify(scheme, noMethod, [secret])).toMatchObject({ reason: 'missing_context' });
  });

  it('decodes in the URL the escapes that the scheme names, and no others', async () => {
    const scheme = over({ part: 'url', unescape: ':/' });
    const url = 'https://hooks.example.com/%3a%2F%20%25';
    const unescaped = 'https://hooks.example.com/:/%20%25';
    expect(await verify(scheme, { ...request(signed(unescaped)), url }, [secret])).toEqual(genuine);
  });

  it('refuses a signed header that holds the literal after it: two requests would share one content', async () => {
    const scheme = over({ part: 'header', name: 'x-id' }, '.', { part: 'body' });
    expect(await verify(scheme, request({ ...signed('a.hello'), 'x-id': 'a' }), [secret])).toEqual(genuine);
    const shifted = request({ ...signed('a.b.hello'), 'x-id': 'a.b' });
    expect(await verify(scheme, shifted, [secret])).toMatchObject({ reason: 'malformed_signature' });
    expect(await verify(scheme, request(signed('.hello')), [secret])).toMatchObject({ reason: 'missing_signature' });
  });

  it('takes fields of the body as they are, and an optional one that is absent as empty', async () => {
    const scheme = over({ part: 'json', path: 'a.id' }, ':', { part: 'json', path: 'note', optional: true });
    const body = (value: unknown) => JSON.stringify(value);
    expect(await verify(scheme, request(signed('12:x'), body({ a: { id: 12 }, note: 'x' })), [secret])).toEqual(
      genuine,
    );
    expect(await verify(scheme, request(signed('12:'), body({ a: { id: 12 }, note: null })), [secret])).toEqual(
      genuine,
    );
    for (const bad of [body({ note: 'x' }), body({ a: { id: {} } }), 'no JSON', '', '\uFEFF{}'])
      expect(await verify(scheme, request(signed(':'), bad), [secret])).toMatchObject({ reason: 'malformed_body' });
  });

  it('looks into a body for its timestamp only after the signature is known', async () => {
    const scheme: HmacScheme = {
      ...plain,
      timestamp: { from: { json: 'at' }, unit: 'milliseconds', toleranceSeconds: 60 },
    };
    const at = (time: number) => `{"at":${time}}`;
    expect(await verify(scheme, request(signed(at(arrival)), at(arrival)), [secret])).toEqual(genuine);
    expect(await verify(scheme, request(signed(at(1)), at(1)), [secret])).toMatchObject({ reason: 'stale_timestamp' });
    expect(await verify(scheme, request(signed('{}'), '{}'), [secret])).toMatchObject({ reason: 'missing_timestamp' });
    expect(await verify(scheme, request(signed('no'), 'no'), [secret])).toMatchObject({ reason: 'malformed_body' });
    // Nothing of a body that anyone may have written is parsed.
    expect(await verify(scheme, request(signed('x'), 'no'), [secret])).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('refuses a second item where the signature covers one alone', async () => {
    const scheme: HmacScheme = { ...over({ part: 'json', path: 'items.0.id' }), onlyItem: 'items' };
    const one = JSON.stringify({ items: [{ id: 'a' }] });
    const two = JSON.stringify({ items: [{ id: 'a' }, { id: 'forged' }] });
    expect(await verify(scheme, request(signed('a'), one), [secret])).toEqual(genuine);
    expect(await verify(scheme, request(signed('a'), two), [secret])).toMatchObject({ reason: 'malformed_body' });
  });

  it('survives JSON that nests deep, repeats keys or names prototypes', async () => {
    const scheme = over({ part: 'json', path: 'id' });
    for (const body of ['['.repeat(500_000), '{"a":'.repeat(100_000), '{"__proto__":{"id":"a"}}', '[1,2', 'null'])
      expect(await verify(scheme, request(signed('a'), body), [secret])).toMatchObject({ reason: 'malformed_body' });
    expect(await verify(scheme, request(signed('b'), '{"id":"a","id":"b"}'), [secret])).toEqual(genuine);
    const large = Buffer.alloc(2 * 1024 * 1024 + 1, ' ');
    expect(await verify(scheme, request(signed('a'), large), [secret])).toMatchObject({ reason: 'malformed_body' });
  });
});

describe('secrets', () => {
  const good = request({ 'x-signature': `sha256=${mac('hello')}` });

  it('counts three secrets and no more', async () => {
    expect(await verify(plain, good, ['a', 'b', secret])).toEqual({ ok: true, secretIndex: 2 });
    expect(await verify(plain, good, ['a', 'b', 'c', secret])).toMatchObject({ reason: 'signature_mismatch' });
  });

  it.each([
    ['hex', Buffer.from(secret).toString('hex'), ['zz', 'abc']],
    ['base64', Buffer.from(secret).toString('base64'), ['a', '****']],
    [
      'whsec',
      `whsec_${Buffer.from(secret).toString('base64')}`,
      ['whsec_', 'whsec_?', Buffer.from(secret).toString('base64')],
    ],
  ] as const)('decodes a key in %s strictly', async (key, text, bad) => {
    expect(await verify({ ...plain, key }, good, [text])).toEqual(genuine);
    for (const each of bad)
      expect(await verify({ ...plain, key }, good, [each])).toMatchObject({ reason: 'unusable_secret' });
  });

  it('refuses half of a surrogate pair, which no two systems write alike', async () => {
    expect(await verify(plain, good, ['\ud83d'])).toMatchObject({ reason: 'unusable_secret' });
  });

  it('keeps the keys of two schemes apart', async () => {
    const text = Buffer.from(secret).toString('hex');
    const hex: HmacScheme = { ...plain, key: 'hex' };
    expect(await verify(plain, good, [text])).toMatchObject({ reason: 'signature_mismatch' });
    expect(await verify(hex, good, [text])).toEqual(genuine);
  });
});

describe('code', () => {
  const code = (run: JudgingCode['verify']): JudgingCode => ({
    scheme: 'code',
    summary: '',
    coversBody: true,
    verify: run,
  });
  const ask = (run: JudgingCode['verify'], secrets = [secret]) => verify(code(run), request({}), secrets);

  it('turns whatever it throws into a refusal that does not repeat it', async () => {
    const thrown = { ok: false, reason: 'verification_error' };
    expect(await ask(() => Promise.reject(new Error(secret)))).toMatchObject(thrown);
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- a library once did: CVE-2023-50728
    expect(await ask(() => Promise.reject(undefined))).toMatchObject(thrown);
    const verdict = await ask(() => {
      throw new Error(secret);
    });
    expect(verdict).toMatchObject(thrown);
    expect(JSON.stringify(verdict)).not.toContain(secret);
  });

  it('believes no verdict that names a secret which it did not get', async () => {
    for (const secretIndex of [1, -1, Number.NaN, 0.5])
      expect(await ask(async () => ({ ok: true, secretIndex }))).toMatchObject({ reason: 'verification_error' });
    expect(await ask(async () => ({}) as Verdict)).toMatchObject({ ok: false });
    expect(await ask(async () => undefined as unknown as Verdict)).toMatchObject({ ok: false });
    expect(await ask(async () => ({ ok: 'yes' }) as unknown as Verdict)).toMatchObject({ ok: false });
  });

  it('gets usable secrets only, and its index is put back in place', async () => {
    const seen: string[][] = [];
    const verdict = await ask(
      async (_, secrets) => {
        seen.push([...secrets]);
        return { ok: true, secretIndex: 0 };
      },
      ['', secret],
    );
    expect({ seen, verdict }).toEqual({ seen: [[secret]], verdict: { ok: true, secretIndex: 1 } });
  });
});

describe('code that makes the signature', () => {
  const hex = /^[0-9a-f]{64}$/;
  const making = (make: SigningCode['make']): SigningCode => ({
    scheme: 'code',
    summary: '',
    coversBody: true,
    header: 'x-signature',
    form: hex,
    formText: '64 hex digits',
    make,
  });
  const honest: SigningCode['make'] = async (key, body) => createHmac('sha256', key).update(body).digest('hex');
  const made = createHmac('sha256', secret).update('hello').digest('hex');
  const ask = (signature: string, make = honest, secrets = [secret]) =>
    verify(making(make), request({ 'x-signature': signature }), secrets);

  it('says ok to the signature of one of the secrets, in either case of its hex, and names that secret', async () => {
    expect(await ask(made)).toEqual(genuine);
    expect(await ask(made.toUpperCase())).toEqual(genuine);
    expect(await ask(made, honest, ['', 'another', secret])).toEqual({ ok: true, secretIndex: 2 });
  });

  it('says why it refuses', async () => {
    expect(await ask('')).toMatchObject({ reason: 'missing_signature' });
    expect(await ask(`${made}0`)).toMatchObject({ reason: 'malformed_signature' });
    expect(await ask(made.replace(/^./, 'z'))).toMatchObject({ reason: 'malformed_signature' });
    expect(await ask('0'.repeat(64))).toMatchObject({ reason: 'signature_mismatch' });
    expect(await ask('0'.repeat(64), honest, ['', secret])).toMatchObject({ reason: 'unusable_secret' });
    const notText = { ...request({ 'x-signature': made }), body: Buffer.from([0xff]) };
    expect(await verify(making(honest), notText, [secret])).toMatchObject({ reason: 'malformed_body' });
  });

  it('refuses whatever the code does instead', async () => {
    const refused = { ok: false, reason: 'verification_error' };
    expect(await ask(made, () => Promise.reject(new Error(secret)))).toMatchObject(refused);
    const throws = () => {
      throw new Error(secret);
    };
    expect(await ask(made, throws)).toMatchObject(refused);
    expect(await ask(made, async () => undefined as unknown as string)).toMatchObject(refused);
    expect(await ask(made, async () => '')).toMatchObject({ reason: 'signature_mismatch' });
    expect(await ask('', async () => '')).toMatchObject({ reason: 'missing_signature' });
  });

  it('takes no character for another whose last byte is the same', async () => {
    const wide = made.replace(/^./, (digit) => String.fromCodePoint(0x100 + digit.codePointAt(0)!));
    expect(await ask(wide)).toMatchObject({ reason: 'malformed_signature' });
  });
});

it('fails closed on a scheme that does not exist and on input that is none', async () => {
  const unknown = { ...plain, scheme: 'none' } as unknown as Scheme;
  expect(await verify(unknown, request({}), [secret])).toMatchObject({ reason: 'verification_error' });
  for (const broken of [undefined, null, {}, { headers: null }, { headers: {}, body: null }])
    expect(await verify(plain, broken as unknown as SignedRequest, [secret])).toMatchObject({ ok: false });
  expect(await verify(plain, request({}), undefined as unknown as string[])).toMatchObject({ ok: false });
  expect(await verify(undefined as unknown as Scheme, request({}), [secret])).toMatchObject({ ok: false });
});
