import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type IntakeRecord, readRecord, roomFor, writeRecord } from '../../../../src/queue/embedded/intake/record.ts';

const record: IntakeRecord = {
  queue: 7,
  messageId: 'f3f0a1b2-0000-4000-8000-123456789abc',
  attributes: '{"Wire":{"dataType":"Number","stringValue":"1"},"é🦀":1}',
  delayMs: 900_000,
  sentAt: Date.UTC(2026, 1, 3),
  body: Buffer.from('{"zen":"é🦀"}'),
};
const position = 2 ** 47 + 12_345;

function written(one = record, from = position): Buffer {
  const bytes = Buffer.alloc(roomFor(one));
  return bytes.subarray(0, writeRecord(bytes, 0, from, one));
}

const plain = (found: ReturnType<typeof readRecord>) =>
  found && { ...found.record, body: Buffer.from(found.record.body) };

describe('a record of the intake log', () => {
  test('is read as it was written, whatever its texts and bytes, wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.uint8Array({ maxLength: 2000 }),
        fc.nat(100),
        (attributes, body, offset) => {
          const one = { ...record, attributes, body };
          const bytes = Buffer.alloc(offset + roomFor(one) + 10, 0xff);
          const length = writeRecord(bytes, offset, position, one);
          expect(length).toBeLessThanOrEqual(roomFor(one));
          const found = readRecord(bytes, offset, position);
          expect(found?.length).toBe(length);
          expect(plain(found)).toEqual({ ...one, body: Buffer.from(body) });
        },
      ),
    );
  });

  test('is none where a single bit of it differs, or an end of it is missing', () => {
    const bytes = written();
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(readRecord(flipped, 0, position)).toBeUndefined();
    }
    for (let length = 0; length < bytes.length; length++)
      expect(readRecord(bytes.subarray(0, length), 0, position)).toBeUndefined();
  });

  test('is none of an earlier lap, nor of a file of zeros', () => {
    expect(readRecord(written(record, position), 0, position + 32 * 2 ** 20)).toBeUndefined();
    expect(readRecord(Buffer.alloc(1000), 0, 0)).toBeUndefined();
  });
});
