import { type IntakeRecord, isTooShort, roomFor, writeBeforeBody, writePadding, writeRecord } from './record.ts';

/**
 * Records that go into the log with one write and one sync, once all before them are on the disk; the first says so. So a start can
 * tell what the disk has damaged from what was being written when the power went.
 */
export interface Batch {
  /** In the log, in bytes. */
  readonly length: number;
  /** @param position of the record in the log @returns its length */
  add(record: IntakeRecord, position: number): number;
  /** Leaves so many bytes out, up to the end of a segment. */
  skip(length: number, position: number): void;
  /** What is written, one behind the other. */
  pieces(): readonly Uint8Array[];
  /** Makes it ready for others; what it gave as pieces holds no more. */
  clear(): void;
}

const batchBytes = 256 * 1024;

/**
 * A body as long as this is written from where it is, and must not change until then: to copy it takes new memory, which costs
 * more than the copy.
 */
const ownPieceBytes = 64 * 1024;

export function createBatch(): Batch {
  let bytes = Buffer.allocUnsafeSlow(batchBytes);
  /** Of `bytes`: how much is in use, and how much of that is in `pieces`. */
  let used = 0;
  let given = 0;
  let pieces: Uint8Array[] = [];
  let length = 0;
  let begun = false;

  /** @returns whether what is written next begins the batch */
  function begin(): boolean {
    const isFirst = !begun;
    begun = true;
    return isFirst;
  }

  function makeRoom(needed: number): void {
    if (used + needed <= bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(used + needed, bytes.length * 2));
    bytes.copy(larger, given, given, used);
    bytes = larger;
  }

  function give(): void {
    if (given < used) pieces.push(bytes.subarray(given, used));
    given = used;
  }

  return {
    get length() {
      return length;
    },
    add(record, position) {
      const { body } = record;
      const isOwnPiece = body.length >= ownPieceBytes;
      makeRoom(roomFor(record) - (isOwnPiece ? body.length : 0));
      const write = isOwnPiece ? writeBeforeBody : writeRecord;
      const copied = write(bytes, used, position, record, begin());
      used += copied;
      if (isOwnPiece) {
        give();
        pieces.push(body);
      }
      const all = isOwnPiece ? copied + body.length : copied;
      length += all;
      return all;
    },
    skip(padding, position) {
      makeRoom(padding);
      if (!isTooShort(padding)) writePadding(bytes, used, position, padding, begin());
      used += padding;
      length += padding;
    },
    pieces() {
      give();
      return pieces;
    },
    clear() {
      if (bytes.length > 4 * batchBytes) bytes = Buffer.allocUnsafeSlow(batchBytes);
      [used, given, length, pieces, begun] = [0, 0, 0, [], false];
    },
  };
}
