import type { LogFile } from './log-file.ts';
import {
  type FoundRecord,
  isTooShort,
  placeOfPosition,
  readHead,
  readLength,
  readUnchecked,
  type RecordHead,
} from './record.ts';
import { leftInSegment, segmentBytes, segmentOf, startOfSegment } from './segments.ts';

/** A part of the log that was on the disk and is not what was written there. */
export interface Gap {
  from: number;
  /** Where the next record stands that is whole. */
  to: number;
  /** What can be told of the records in it, as far as each says where the next one is. Any of it may be wrong. */
  damaged: FoundRecord[];
}

type Source = Pick<LogFile, 'read'>;

/**
 * Whether the log goes on behind a place where no record stands. Whole records behind it alone do not tell: of what was being written
 * when the power went, any part may have come to the disk, in any order, and none of it was acknowledged. But the first
 * record of a batch was not written before all in front of it was on the disk. One further on shows that the disk has lost what
 * stood here. Of a record that a full disk refused, none can be further on: the next was written in its place.
 *
 * @param to no record of this log begins there or behind it
 */
export function findGap(file: Source, from: number, to: number): Gap | undefined {
  let next: number | undefined;
  for (const { position, isFirst } of recordsBehind(file, from, to)) {
    next ??= position;
    if (isFirst) return { from, to: next, damaged: damagedIn(file, from, next) };
  }
  return undefined;
}

/**
 * The same where it is known that all up to `to` was on the disk: what is no record there is damaged, also behind the last that is whole.
 *
 * @param to where a record ends
 * @returns undefined where the log is shorter than that: a segment is gone, or was cut, and nothing that is written into it would last
 */
export function findDamage(file: Source, from: number, to: number): Gap | undefined {
  if (!isThere(file, from, to)) return undefined;
  const next = recordsBehind(file, from, to).next().value?.position ?? to;
  return { from, to: next, damaged: damagedIn(file, from, next) };
}

function isThere(file: Source, from: number, to: number): boolean {
  const byte = Buffer.alloc(1);
  for (let start = from; start < to; start += leftInSegment(start))
    if (file.read(byte, 1, Math.min(start + leftInSegment(start), to) - 1) === 0) return false;
  return true;
}

/** So much is searched at once: to bring new memory into use for a whole segment takes ten times as long as to search it. */
export const windowBytes = 256 * 1024;

/** Those that are whole, in order, wherever they stand. */
function* recordsBehind(file: Source, from: number, to: number): Generator<FoundRecord> {
  const memory = Buffer.allocUnsafeSlow(windowBytes);
  for (let start = from; start < to; start += leftInSegment(start)) {
    const end = start + leftInSegment(start);
    const shared = sharedBytes(segmentOf(start));
    const endOfShared = placeOfPosition + Float64Array.BYTES_PER_ELEMENT;
    const placeOfShared = endOfShared - shared.length;
    for (let at = start === from ? start + 1 : start; at < end;) {
      const bytes = memory.subarray(0, file.read(memory, Math.min(memory.length, end - at), at));
      let next = 0;
      for (let offset; (offset = bytes.indexOf(shared, next + placeOfShared) - placeOfShared) >= 0;) {
        const position = at + offset;
        if (position >= to) return;
        const head = headAt(file, bytes, offset, position);
        if (head) yield { ...head, position };
        next = offset + (head?.length ?? 1);
      }
      if (bytes.length < memory.length) break;
      // A position that begins in this window and ends in the next.
      at += Math.max(next, bytes.length - endOfShared + 1);
    }
  }
}

/** @param bytes which hold its position, and may end before the record does */
function headAt(file: Source, bytes: Buffer, offset: number, position: number): RecordHead | undefined {
  const length = readLength(bytes, offset, position);
  if (length === undefined || length > leftInSegment(position)) return undefined;
  if (offset + length <= bytes.length) return readHead(bytes, offset, position);
  const whole = Buffer.allocUnsafeSlow(length);
  return readHead(whole.subarray(0, file.read(whole, length, position)), 0, position);
}

/** The last bytes of each position of a segment, which are the same in all: quicker to look for than any position. */
function sharedBytes(segment: number): Buffer {
  const [first, last] = [Buffer.alloc(8), Buffer.alloc(8)];
  first.writeDoubleLE(startOfSegment(segment));
  last.writeDoubleLE(startOfSegment(segment + 1) - 1);
  let from = first.length;
  while (from > 0 && first[from - 1] === last[from - 1]) from -= 1;
  return first.subarray(from);
}

function damagedIn(file: Source, from: number, to: number): FoundRecord[] {
  const damaged: FoundRecord[] = [];
  const memory = Buffer.allocUnsafeSlow(segmentBytes);
  for (let start = from; start < to; start += leftInSegment(start)) {
    const length = Math.min(leftInSegment(start), to - start);
    const bytes = memory.subarray(0, file.read(memory, length, start));
    let at = 0;
    for (let head; (head = readUnchecked(bytes, at, start + at)); at += head.length)
      damaged.push({ ...head, position: start + at });
    // What stands behind a head that cannot be read, nobody knows.
    if (!isTooShort(length - at)) break;
  }
  return damaged;
}
