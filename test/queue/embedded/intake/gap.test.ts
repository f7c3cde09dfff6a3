import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findGap, type Gap, windowBytes as searchedAtOnce } from '../../../../src/queue/embedded/intake/gap.ts';
import { createIntakeReader, type IntakeReader } from '../../../../src/queue/embedded/intake/reader.ts';
import { isPadding, roomFor, writeRecord } from '../../../../src/queue/embedded/intake/record.ts';
import { startOfSegment } from '../../../../src/queue/embedded/intake/segments.ts';
import { createIntakeWriter, mostAheadBytes } from '../../../../src/queue/embedded/intake/writer.ts';

const sectorBytes = 512;
const windowBytes = 256 * 1024;

/** The batches of a process whose power goes while it writes the last; each is given by the lengths of its bodies. */
const batches = fc.array(fc.array(fc.nat(3000), { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 6 });

/** How far before the end of a segment the log begins. */
const beforeEnd = fc.integer({ min: 1, max: 20_000 });

interface Written {
  start: number;
  bytes: Buffer;
  /** Of each message, in order, and where its batch begins. */
  names: { name: string; batch: number }[];
  /** Where each batch begins and ends. */
  ranges: { from: number; to: number }[];
}

/** @param survives which of the sectors that the last batch writes come to the disk */
async function write(sizes: number[][], before: number, survives: (sector: number) => boolean): Promise<Written> {
  const start = startOfSegment(2 ** 22 + 1) - before;
  const written: Written = { start, bytes: Buffer.alloc(windowBytes), names: [], ranges: [] };
  const writer = createIntakeWriter({
    file: {
      write(pieces, position) {
        const batch = Buffer.concat(pieces);
        written.ranges.push({ from: position, to: position + batch.length });
        const isTorn = written.ranges.length === sizes.length;
        for (let at = 0; at < batch.length;) {
          const sector = Math.floor((position + at) / sectorBytes);
          const length = Math.min((sector + 1) * sectorBytes - position - at, batch.length - at);
          if (!isTorn || survives(sector)) batch.copy(written.bytes, position - start + at, at, at + length);
          at += length;
        }
      },
      sync: (done) => done(null),
      close() {},
    },
    at: start,
    announce() {},
    catchUp: () => Promise.reject(new Error('nobody is there')),
    broken(error) {
      throw error;
    },
  });
  for (const [batch, bodies] of sizes.entries())
    await Promise.all(
      bodies.map((length, index) => {
        const name = `${batch}.${index}`.padEnd(36);
        written.names.push({ name, batch });
        return writer.send({
          queue: 1,
          messageId: name,
          attributes: '{}',
          delayMs: 0,
          sentAt: 1,
          body: Buffer.alloc(length, 'x'),
        });
      }),
    );
  return written;
}

interface Found {
  names: string[];
  gaps: number;
}

/** What a start finds: the messages, and how often the log goes on behind something. */
function recovered(written: Written): Found {
  return found(written, written.start + windowBytes, (reader, at) => reader.gap(at, written.start + mostAheadBytes));
}

/** What an engine finds that was told how far the log is on the disk. */
function takenOver(written: Written): Found {
  const end = written.ranges.at(-1)!.to;
  return found(written, end, (reader, at) => (at < end ? reader.damage(at, end) : undefined));
}

function found(
  { start, bytes }: Written,
  end: number,
  gapAt: (reader: IntakeReader, at: number) => Gap | undefined,
): Found {
  const reader = createIntakeReader({
    read: (target, length, position) => bytes.subarray(position - start, position - start + length).copy(target),
    sync() {},
    segments: () => [],
    free() {},
  });
  const names: string[] = [];
  let gaps = 0;
  for (let at = start; ;) {
    const read = reader.read(at, end);
    names.push(...read.records.filter((record) => !isPadding(record)).map(({ messageId }) => messageId));
    if (read.records.length > 0) {
      at = read.end;
      continue;
    }
    const gap = gapAt(reader, at);
    if (!gap) return { names, gaps };
    gaps += 1;
    at = gap.to;
  }
}

describe('a record behind what is none', () => {
  const from = startOfSegment(2 ** 22 + 1);
  const to = from + mostAheadBytes;

  /** @returns where the log goes on, of one that begins with so many bytes that are no record */
  function goesOnAt(before: number, bodyBytes: number): number | undefined {
    const fields = { queue: 1, messageId: 'x'.repeat(36), attributes: '{}', delayMs: 0, sentAt: 1 };
    const record = { ...fields, body: Buffer.alloc(bodyBytes, 'x') };
    const bytes = Buffer.alloc(before + roomFor(record));
    writeRecord(bytes, before, from + before, record, true);
    const read = (target: Buffer, length: number, position: number) =>
      bytes.subarray(position - from, position - from + length).copy(target);
    return findGap({ read }, from, to)?.to;
  }

  test('is found wherever it begins, at the end of what is searched at once too', () => {
    const befores = Array.from({ length: 60 }, (_, index) => searchedAtOnce - 40 + index);
    expect(befores.map((before) => goesOnAt(before, 10))).toEqual(befores.map((before) => from + before));
  });

  test('is found when it is longer than what is searched at once', () => {
    for (const before of [1, searchedAtOnce / 2, 3 * searchedAtOnce])
      expect(goesOnAt(before, 2 ** 20)).toBe(from + before);
  });
});

describe('where the intake log ends', () => {
  test('a batch that was torn while it was written is no damage, whichever of its sectors came to the disk', async () => {
    await fc.assert(
      fc.asyncProperty(batches, beforeEnd, fc.infiniteStream(fc.boolean()), async (sizes, before, coins) => {
        const written = await write(sizes, before, () => coins.next().value === true);
        const { names, gaps } = recovered(written);
        expect(gaps).toBe(0);
        const whole = written.names.filter(({ batch }) => batch < sizes.length - 1).map(({ name }) => name);
        expect(names.slice(0, whole.length)).toEqual(whole);
        expect(written.names.map(({ name }) => name).slice(0, names.length)).toEqual(names);
      }),
    );
  });

  test.each<[string, (ranges: Written['ranges']) => number, (written: Written) => Found]>([
    ['before the last batch', (ranges) => ranges.at(-1)!.from, recovered],
    ['anywhere, to an engine that knows where the log ends,', (ranges) => ranges.at(-1)!.to, takenOver],
  ])('a byte that the disk changed %s costs one message at most, and is told of', async (_, before, find) => {
    const place = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(batches, beforeEnd, place, async (sizes, start, where) => {
        const written = await write(sizes, start, () => true);
        const length = before(written.ranges) - written.start;
        written.bytes[Math.min(Math.floor(where * length), length - 1)]! ^= 0x10;
        const { names, gaps } = find(written);
        const kept = written.names.map(({ name }) => name).filter((name) => names.includes(name));
        expect(names).toEqual(kept);
        expect(written.names.length - kept.length).toBeLessThanOrEqual(gaps);
        expect(gaps).toBeLessThanOrEqual(1);
      }),
    );
  });
});
