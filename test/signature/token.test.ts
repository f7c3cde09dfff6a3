import { describe, expect, it } from 'vitest';
import { credentialHeaders } from '../../src/signature/credentials.ts';
import type { TokenScheme } from '../../src/signature/scheme.ts';
import { sign } from '../../src/signature/sign.ts';
import { verify } from '../../src/signature/verify.ts';
import { plain, request } from './schemes.ts';

describe('token', () => {
  const scheme: TokenScheme = { scheme: 'token', at: { header: 'authorization' }, prefix: 'Bearer ' };
  const ask = (authorization: string, secrets = ['correct horse']) =>
    verify(scheme, request({ authorization }), secrets);

  it('takes the whole token after its prefix', async () => {
    expect(await ask('Bearer correct horse')).toEqual({ ok: true, secretIndex: 0 });
    expect(await ask('Bearer correct horse', ['old', 'correct horse'])).toEqual({ ok: true, secretIndex: 1 });
    for (const text of ['Bearer correct hors', 'Bearer correct horse ', 'Bearer Correct horse'])
      expect(await ask(text)).toMatchObject({ reason: 'signature_mismatch' });
    for (const text of ['correct horse', 'Bearer ', 'bearer correct horse'])
      expect(await ask(text)).toMatchObject({ reason: 'malformed_signature' });
  });

  it('names the header that shows the credential', () => {
    expect(credentialHeaders(scheme)).toEqual(['authorization']);
    expect(credentialHeaders({ scheme: 'basic' })).toEqual(['authorization']);
    expect(credentialHeaders(plain)).toEqual([]);
  });
});

describe('basic', () => {
  const ask = (authorization: string, secrets = ['user:pass:word']) =>
    verify({ scheme: 'basic' }, request({ authorization }), secrets);
  const encoded = (text: string) => Buffer.from(text).toString('base64');

  it('takes user and password, also one with a colon', async () => {
    expect(await ask(`Basic ${encoded('user:pass:word')}`)).toEqual({ ok: true, secretIndex: 0 });
    expect(await ask(`basic ${encoded('user:pass:word')}`)).toEqual({ ok: true, secretIndex: 0 });
    expect(await ask(`Basic ${encoded('grüße:wörld')}`, ['grüße:wörld'])).toEqual({ ok: true, secretIndex: 0 });
  });

  it('refuses another scheme, other credentials, and what is not base64', async () => {
    for (const text of [`Bearer ${encoded('user:pass:word')}`, 'Basic', 'Basic ', 'Basic ***', 'user:pass:word'])
      expect(await ask(text)).toMatchObject({ reason: 'malformed_signature' });
    for (const text of ['user:', 'user:pass', ':', 'user:pass:word '])
      expect(await ask(`Basic ${encoded(text)}`)).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('refuses a secret that is not user:password, or has no password, such as one whose variable was empty', async () => {
    for (const secret of ['token', 'user:', ':', 'user:  '])
      expect(await ask(`Basic ${encoded(secret)}`, [secret])).toMatchObject({ reason: 'unusable_secret' });
  });

  it('signs what curl -u would send', async () => {
    const { headers } = await sign({ scheme: 'basic' }, { body: Buffer.from(''), timestamp: 0 }, 'Aladdin:open sesame');
    // RFC 7617, section 2.
    expect(headers).toEqual({ authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==' });
  });
});
