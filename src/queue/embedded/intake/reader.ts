import { maxRecordBytes, type IntakeRecord, readRecord } from './record.ts';
import type { RingFile } from './ring-file.ts';

/** The reading end of the intake log, in the engine's thread. */
export interface IntakeReader {
  /** The records from a position on, as many as fit into one turn of the engine, and the position behind them. */
  read(from: number, to: number): { records: IntakeRecord[]; end: number };
}

/** So that the first of a crowd is not kept waiting for the last. */
const maxRecords = 1024;

/** The bodies of what it returns are views of memory that the next read overwrites. */
export function createIntakeReader(file: RingFile): IntakeReader {
  const memory = Buffer.allocUnsafeSlow(maxRecordBytes);
  return {
    read(from, to) {
      const read = file.read(memory, Math.min(memory.length, to - from), from);
      const bytes = memory.subarray(0, read);
      const records: IntakeRecord[] = [];
      let offset = 0;
      while (records.length < maxRecords) {
        const found = readRecord(bytes, offset, from + offset);
        if (!found) break;
        records.push(found.record);
        offset += found.length;
      }
      return { records, end: from + offset };
    },
  };
}
