import type { LogFile } from './log-file.ts';
import { findDamage, findGap, type Gap } from './gap.ts';
import { isTooShort, maxRecordBytes, readHead, type FoundRecord } from './record.ts';
import { leftInSegment, segmentOf } from './segments.ts';

/** The intake log as the engine reads it. */
export interface IntakeReader {
  /** The records from a position on, as many as fit into one turn of the engine, and the position behind the last. */
  read(from: number, to: number): { records: FoundRecord[]; end: number };
  /**
   * Where no record stands: whether the log ends there, or goes on behind what the disk has damaged or lost.
   *
   * @param to no record of this log begins there or behind it
   */
  gap(from: number, to: number): Gap | undefined;
  /**
   * Where no record stands, though all up to `to` was on the disk: what is damaged there.
   *
   * @param to where a record ends
   * @returns undefined where the log is shorter than that
   */
  damage(from: number, to: number): Gap | undefined;
  /** Brings what stands between two positions to the disk. */
  sync(from: number, to: number): void;
  /** The segments that are there, ascending. */
  segments(): number[];
  /** Nobody needs anything of that segment any more. */
  free(segment: number): void;
}

/** So that the first of a crowd is not kept waiting for the last. */
const maxRecords = 1024;

export function createIntakeReader(file: Omit<LogFile, 'close'>): IntakeReader {
  const memory = Buffer.allocUnsafeSlow(maxRecordBytes);
  return {
    read(from, to) {
      const read = file.read(memory, Math.min(memory.length, to - from), from);
      const bytes = memory.subarray(0, read);
      const records: FoundRecord[] = [];
      let offset = 0;
      let end = from;
      while (records.length < maxRecords) {
        const position = from + offset;
        const left = leftInSegment(position);
        if (isTooShort(left)) {
          offset += left;
          continue;
        }
        const head = readHead(bytes, offset, position);
        if (!head) break;
        records.push({ ...head, position });
        offset += head.length;
        end = from + offset;
      }
      return { records, end };
    },
    gap: (from, to) => findGap(file, from, to),
    damage: (from, to) => findDamage(file, from, to),
    sync(from, to) {
      for (let segment = segmentOf(from); segment <= segmentOf(to); segment += 1) file.sync(segment);
    },
    segments: () => file.segments(),
    free: (segment) => file.free(segment),
  };
}
