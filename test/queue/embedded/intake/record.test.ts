import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type IntakeRecord,
  isPadding,
  isTooShort,
  readContent,
  readHead,
  roomFor,
  writeBeforeBody,
  writePadding,
  writeRecord,
} from '../../../../src/queue/embedded/intake/record.ts';

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

function read(bytes: Buffer, offset: number, at = position) {
  const head = readHead(bytes, offset, at);
  if (!head) return undefined;
  const { length, isFirst, ...rest } = head;
  const { attributes, body } = readContent(bytes, offset, head);
  return { length, isFirst, record: { ...rest, attributes, body: Buffer.from(body) } };
}

describe('a record of the intake log', () => {
  test('is read as it was written, whatever its texts and bytes, wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.uint8Array({ maxLength: 2000 }),
        fc.nat(100),
        fc.boolean(),
        (attributes, body, offset, isFirst) => {
          const one = { ...record, attributes, body };
          const bytes = Buffer.alloc(offset + roomFor(one) + 10, 0xff);
          const length = writeRecord(bytes, offset, position, one, isFirst);
          expect(length).toBeLessThanOrEqual(roomFor(one));
          expect(read(bytes, offset)).toEqual({ length, isFirst, record: { ...one, body: Buffer.from(body) } });
        },
      ),
    );
  });

  test('is the same where its body comes from elsewhere', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 2000 }), (attributes, body) => {
        const one = { ...record, attributes, body };
        const bytes = Buffer.alloc(roomFor(one));
        const before = bytes.subarray(0, writeBeforeBody(bytes, 0, position, one));
        expect(Buffer.concat([before, body])).toEqual(written(one));
      }),
    );
  });

  test('is none where a single bit of it differs, or an end of it is missing', () => {
    const bytes = written();
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(readHead(flipped, 0, position)).toBeUndefined();
    }
    for (let length = 0; length < bytes.length; length++)
      expect(readHead(bytes.subarray(0, length), 0, position)).toBeUndefined();
  });

  test('is none of another position, nor of a file of zeros', () => {
    expect(readHead(written(record, position), 0, position + 16 * 2 ** 20)).toBeUndefined();
    expect(readHead(Buffer.alloc(1000), 0, 0)).toBeUndefined();
  });

  test('of padding is of no message, and as long as it has to be; what is too short for it stays as it is', () => {
    for (const length of [72, 73, 5000]) {
      const bytes = Buffer.alloc(length + 1, 0xff);
      writePadding(bytes, 0, position, length);
      const head = readHead(bytes, 0, position);
      expect(head?.length).toBe(length);
      expect(head && isPadding(head)).toBe(true);
      expect(bytes[length]).toBe(0xff);
      expect(isTooShort(length)).toBe(false);
    }
    const short = Buffer.alloc(71, 0xff);
    writePadding(short, 0, position, 71);
    expect(short).toEqual(Buffer.alloc(71, 0xff));
    expect(isTooShort(71)).toBe(true);
    expect(isPadding(record)).toBe(false);
  });
});
