import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasRefusedBytes, hasRefusedCharacters } from '../../src/queue/characters.ts';

const asText = (bytes: Buffer) => !isUtf8(bytes) || hasRefusedCharacters(bytes.toString('utf8'));

test('bytes are refused exactly if they are no UTF-8 or their text is refused, wherever they stand in memory', () => {
  const plain = fc.stringMatching(/^[ -~\t\r\n]*$/).map((text) => Buffer.from(text));
  const odd = fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes));
  const text = fc.string({ unit: 'binary' }).map((value) => Buffer.from(value));
  fc.assert(
    fc.property(fc.array(fc.oneof(plain, odd, text), { maxLength: 4 }), fc.nat(7), (parts, offset) => {
      const whole = Buffer.concat([Buffer.alloc(offset), ...parts]).subarray(offset);
      expect(hasRefusedBytes(whole)).toBe(asText(whole));
    }),
    { numRuns: 2000 },
  );
});

test('one byte decides, at each place of a text of each length', () => {
  const wrong: string[] = [];
  for (let length = 1; length <= 12; length += 1)
    for (let at = 0; at < length; at += 1)
      for (let byte = 0; byte <= 0xff; byte += 1) {
        const bytes = Buffer.alloc(length, 'x');
        bytes[at] = byte;
        if (hasRefusedBytes(bytes) !== asText(bytes)) wrong.push(`${byte} at ${at} of ${length}`);
      }
  expect(wrong).toEqual([]);
});
