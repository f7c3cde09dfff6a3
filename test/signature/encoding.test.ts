import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/signature/encoding.ts';

describe('decode', () => {
  it.each(['hex', 'base64', 'base64url'] as const)('gives back what Node writes in %s', (encoding) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (bytes) => {
        expect(decode(encoding, Buffer.from(bytes).toString(encoding))).toEqual(Buffer.from(bytes));
        expect(encode(encoding, bytes)).toBe(Buffer.from(bytes).toString(encoding));
      }),
    );
  });

  it.each(['hex', 'base64', 'base64url'] as const)(
    'takes no %s text but the one that its bytes are written as',
    (encoding) => {
      const alphabet = encoding === 'hex' ? '0123456789abcdefABCDEFg' : 'ABCDwxyz0189+/-_= \n';
      const text = fc.string({ unit: fc.constantFrom(...alphabet.split('')), maxLength: 12 });
      const property = fc.property(text, (candidate) => {
        const bytes = decode(encoding, candidate);
        if (!bytes) return true;
        const written = bytes.toString(encoding);
        if (encoding === 'hex') return written === candidate.toLowerCase();
        return written === (encoding === 'base64' ? candidate : candidate.replace(/=+$/, ''));
      });
      expect(fc.check(property, { numRuns: 2000 })).toMatchObject({ failed: false });
    },
  );

  it.each([
    ['hex', ''],
    ['hex', 'abc'],
    ['hex', 'zz'],
    ['hex', '0x10'],
    ['hex', 'ab '],
    ['hex', 'ab\n'],
    // The low byte of these is a hex digit.
    ['hex', '\u0130\u0131'],
    ['base64', ''],
    ['base64', 'QQ'],
    ['base64', 'QR=='],
    ['base64', 'QQ=='.repeat(2)],
    ['base64', 'QQ==\n'],
    ['base64', '-_-_'],
    ['base64', '===='],
    ['base64url', 'QQ='],
    ['base64url', '+/+/'],
    ['base64url', 'Q'],
  ] as const)('refuses %s %j', (encoding, text) => {
    expect(decode(encoding, text)).toBeUndefined();
  });

  it('takes hex in upper case and base64url with or without padding', () => {
    expect(decode('hex', 'ABcd')).toEqual(Buffer.from([0xab, 0xcd]));
    expect(decode('base64url', '-w')).toEqual(Buffer.from([0xfb]));
    expect(decode('base64url', '-w==')).toEqual(Buffer.from([0xfb]));
  });
});
