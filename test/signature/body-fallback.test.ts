import { describe, expect, it } from 'vitest';
import { verifyWithBodyFallback } from '../../src/signature/body-fallback.ts';
import { refuse } from '../../src/signature/refusal.ts';
import type { Scheme, TokenScheme } from '../../src/signature/scheme.ts';
import { bytesOf } from '../../src/signature/text.ts';
import { mac, over, plain, request, secret } from './schemes.ts';

const body = Buffer.from([0, 1, 2, 0xff, 0xfe, 0x7b, 0x7d]);
const encoded = body.toString('base64');
const headers = { 'x-signature': `sha256=${mac(body)}` };
const ask = (text: string | Uint8Array, scheme: Scheme = plain) =>
  verifyWithBodyFallback(scheme, request(headers, text), [secret]);

describe('verifyWithBodyFallback', () => {
  it('verifies a body as it is, and gives it back', async () => {
    expect(await ask(body)).toEqual({ verdict: { ok: true, secretIndex: 0 }, body });
  });

  it('verifies what stands in base64, and gives the decoded bytes', async () => {
    expect(await ask(encoded)).toEqual({ verdict: { ok: true, secretIndex: 0 }, body });
  });

  it('decodes canonical base64 only', async () => {
    for (const text of [`${encoded}\n`, encoded.replace(/=*$/, ''), `${encoded}====`, `${encoded.slice(0, -1)}!`, ''])
      expect(await ask(text)).toMatchObject({ verdict: { reason: 'signature_mismatch' }, body: Buffer.from(text) });
  });

  it('prefers the body as it is when its own text is base64', async () => {
    const text = 'aGVsbG8=';
    const asItIs = { 'x-signature': `sha256=${mac(text)}` };
    const result = await verifyWithBodyFallback(plain, request(asItIs, text), [secret]);
    expect(result).toEqual({ verdict: { ok: true, secretIndex: 0 }, body: Buffer.from(text) });
  });

  it('keeps the first verdict and the body when neither verifies', async () => {
    const text = Buffer.from('{"forged":true}').toString('base64');
    expect(await ask(text)).toMatchObject({ verdict: { reason: 'signature_mismatch' }, body: Buffer.from(text) });
  });

  it('decodes for a scheme that looks into the body', async () => {
    const json = Buffer.from('{"id":"7"}');
    const inBody = { 'x-signature': `sha256=${mac('7')}` };
    const scheme = over({ part: 'json', path: 'id' });
    const result = await verifyWithBodyFallback(scheme, request(inBody, json.toString('base64')), [secret]);
    expect(result).toEqual({ verdict: { ok: true, secretIndex: 0 }, body: json });
  });

  it('leaves the body alone where the signature does not cover it', async () => {
    const scheme: TokenScheme = { scheme: 'token', at: { header: 'x-token' } };
    const result = await verifyWithBodyFallback(scheme, request({ 'x-token': secret }, encoded), [secret]);
    expect(result).toEqual({ verdict: { ok: true, secretIndex: 0 }, body: Buffer.from(encoded) });
  });

  it.each([true, false])('asks code about the decoded body only where it covers the body: %s', async (coversBody) => {
    const scheme: Scheme = {
      scheme: 'code',
      summary: 'takes one body alone',
      coversBody,
      verify: (asked) =>
        body.equals(bytesOf(asked.body)) ? { ok: true, secretIndex: 0 } : refuse('signature_mismatch', 'another body'),
    };
    expect(await ask(encoded, scheme)).toMatchObject({ verdict: { ok: coversBody } });
  });

  it('decodes 1 MiB', async () => {
    const large = Buffer.alloc(768 * 1024, 0xa5);
    const signed = request({ 'x-signature': `sha256=${mac(large)}` }, large.toString('base64'));
    expect(await verifyWithBodyFallback(plain, signed, [secret])).toMatchObject({ verdict: { ok: true } });
  });
});
