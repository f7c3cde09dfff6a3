import { describe, expect, it } from 'vitest';
import { readHeader } from '../../src/signature/headers.ts';
import { verify } from '../../src/signature/verify.ts';
import { mac, over, request, secret } from './schemes.ts';

describe('readHeader', () => {
  it('reads a header whatever its case, also as an array', () => {
    expect(readHeader({ 'X-Signature': 'a' }, 'x-signature')).toBe('a');
    expect(readHeader({ 'x-signature': ['a', 'a'] }, 'x-signature')).toBe('a');
    expect(readHeader({ 'x-signature': 'a', 'X-SIGNATURE': 'a' }, 'x-signature')).toBe('a');
  });

  it('takes an empty or absent one for absent', () => {
    for (const headers of [{}, { 'x-signature': '' }, { 'x-signature': [] }, { 'x-signature': ['', ''] }])
      expect(readHeader(headers, 'x-signature')).toBeUndefined();
  });

  it('refuses two different values, in one field or under two spellings of the name', () => {
    for (const headers of [
      { 'x-signature': ['a', 'b'] },
      { 'x-signature': ['', 'b'] },
      { 'x-signature': 'a', 'X-Signature': 'b' },
    ])
      expect(readHeader(headers, 'x-signature')).toMatchObject({ ok: false, reason: 'ambiguous_header' });
  });

  it('refuses one that is longer than 8,192 characters', () => {
    expect(readHeader({ 'x-signature': 'a'.repeat(8192) }, 'x-signature')).toHaveLength(8192);
    expect(readHeader({ 'x-signature': 'a'.repeat(8193) }, 'x-signature')).toMatchObject({ ok: false });
  });

  it('finds nothing that the prototype holds', () => {
    expect(readHeader({}, 'constructor')).toBeUndefined();
    expect(readHeader({}, '__proto__')).toBeUndefined();
  });
});

describe('a header that is signed', () => {
  it('is printable ASCII, though another text were signed as it stands', async () => {
    const scheme = over({ part: 'header', name: 'x-id' }, '.', { part: 'body' });
    const ask = (id: string) =>
      verify(scheme, request({ 'x-id': id, 'x-signature': `sha256=${mac(`${id}.hello`)}` }), [secret]);
    expect(await ask('msg_1')).toEqual({ ok: true, secretIndex: 0 });
    for (const id of ['é', 'a\nb', 'a\tb', 'a\u007f'])
      expect(await ask(id)).toMatchObject({ reason: 'malformed_signature' });
  });
});
