import { createHmac, createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hmacOf } from '../../src/signature/hmac.ts';
import { decodeUtf8 } from '../../src/signature/text.ts';
import { parseTimestamp } from '../../src/signature/timestamp.ts';

/** The slower way of saying the same, which is what the documented form is. */
describe('what is done in a fast way gives what the plain way gives', () => {
  const digits = (least: number, most: number, length = 2) =>
    fc.integer({ min: least, max: most }).map((value) => String(value).padStart(length, '0'));
  const near = fc
    .tuple(digits(0, 9999, 4), digits(0, 14), digits(0, 33), digits(0, 26), digits(0, 62), digits(0, 62))
    .map(([year, month, day, hour, minute, second]) => `${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const damaged = fc
    .tuple(near, fc.nat(19), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }))
    .map(([text, at, other]) => text.slice(0, at) + other + text.slice(at + 1));

  it('a time in UTC without a fraction means what it means with a fraction of nothing', () => {
    fc.assert(
      fc.property(fc.oneof(near, damaged), (text) => {
        const slower = text.endsWith('Z') ? `${text.slice(0, -1)}.0Z` : text;
        expect(parseTimestamp('iso8601', text)).toBe(parseTimestamp('iso8601', slower));
      }),
      { numRuns: 20_000 },
    );
  });

  it('a genuine time of our age is what Date.parse says', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        const text = `${date.toISOString().slice(0, 19)}Z`;
        expect(parseTimestamp('iso8601', text)).toBe(Date.parse(text));
      }),
    );
  });

  it('bytes are text, or are not UTF-8, as a strict TextDecoder says', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const text = fc.string({ unit: 'binary' }).map((each) => new TextEncoder().encode(`\uFEFF${each}`));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), text), fc.nat(3), (all, from) => {
        const bytes = all.subarray(from);
        let expected: string | undefined;
        try {
          expected = strict.decode(bytes);
        } catch {
          expected = undefined;
        }
        expect(decodeUtf8(bytes)).toBe(expected);
      }),
      { numRuns: 5000 },
    );
  });

  it('a HMAC of pieces is the HMAC of all of them together', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('sha1' as const, 'sha256' as const, 'sha512' as const),
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array())),
        (hash, key, pieces) => {
          const together = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
          const expected = createHmac(hash, key).update(together).digest();
          expect(hmacOf(hash, createSecretKey(key), pieces).equals(expected)).toBe(true);
        },
      ),
    );
  });
});
