import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  openSync,
  renameSync,
  writeSync,
  writevSync,
} from 'node:fs';
import { createPrivateFile } from '../../../private-file.ts';
import { syncFolder } from '../../../sync-folder.ts';
import { firstOf, lengthOf, withoutFirst } from './pieces.ts';
import { leftInSegment, segmentBytes, segmentFile, segmentOf, spareFile } from './segments.ts';

/** The intake log as its writer has it. */
export interface AppendFile {
  /** All of them, one behind the other, or it throws what the system says. */
  write(pieces: readonly Uint8Array[], position: number): void;
  /** Calls back, perhaps at once, when everything written before the call is on disk. */
  sync(done: (error: Error | null) => void): void;
  /** Once no sync is under way. */
  close(): void;
}

/** A file that grows costs a journal commit of the file system at each sync, so it grows by so much at once. */
const growth = Buffer.alloc(2 ** 20);

interface OpenSegment {
  number: number;
  descriptor: number;
  size: number;
}

/** @param folder of the segments, which exists; files are made with mode 0600 */
export function openAppendFile(folder: string): AppendFile {
  let current: OpenSegment | undefined;
  /** Written before the current one and not synced since. */
  let left: OpenSegment[] = [];
  // What another process made may not be found after a loss of power.
  let namesChanged = true;

  function turnTo(number: number): OpenSegment {
    const segment = takeLeft(number) ?? open(number);
    if (current) left.push(current);
    current = segment;
    return segment;
  }

  /** A full disk has the same bytes written again and again, to this segment and the next. */
  function takeLeft(number: number): OpenSegment | undefined {
    const segment = left.find((each) => each.number === number);
    left = left.filter((each) => each !== segment);
    return segment;
  }

  function open(number: number): OpenSegment {
    const file = segmentFile(folder, number);
    if (!existsSync(file)) {
      namesChanged = true;
      if (!takeSpare(folder, file)) createPrivateFile(file);
    }
    if (namesChanged) syncFolder(folder);
    namesChanged = false;
    const descriptor = openSync(file, 'r+');
    return { number, descriptor, size: fstatSync(descriptor).size };
  }

  /** @returns how many bytes of them the system took, in one write */
  function writeInto(number: number, pieces: readonly Uint8Array[], place: number): number {
    const segment = current?.number === number ? current : turnTo(number);
    const end = place + lengthOf(pieces);
    while (segment.size < end) segment.size += writeSync(segment.descriptor, growth, 0, growth.length, segment.size);
    return writevSync(segment.descriptor, pieces, place);
  }

  const syncs = createSync();

  return {
    write(pieces, position) {
      for (let at = position, left = pieces; left.length > 0;) {
        const written = writeInto(segmentOf(at), firstOf(left, leftInSegment(at)), at % segmentBytes);
        left = withoutFirst(left, written);
        at += written;
      }
    },
    sync(done) {
      const [first] = left;
      if (first)
        return syncs(first.descriptor, (error) => {
          if (error) return done(error);
          closeSync(first.descriptor);
          left = left.slice(1);
          this.sync(done);
        });
      if (current) syncs(current.descriptor, done);
      else done(null);
    },
    close() {
      for (const { descriptor } of left) closeSync(descriptor);
      if (current) closeSync(current.descriptor);
      [current, left] = [undefined, []];
    },
  };
}

function takeSpare(folder: string, file: string): boolean {
  try {
    renameSync(spareFile(folder), file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** On a disk that is as quick, to hand a sync to another thread and back takes about as long and more processor time. */
const quickMs = 2;

/** After a slower one, so many are handed over before the disk is tried again: it is what counts, and not how busy this thread is. */
const handedOver = 16;

function createSync(): (descriptor: number, done: (error: Error | null) => void) => void {
  let slow = 0;
  return (descriptor, done) => {
    if (slow > 0) {
      slow -= 1;
      return fdatasync(descriptor, done);
    }
    const from = performance.now();
    try {
      fdatasyncSync(descriptor);
    } catch (error) {
      return done(error as Error);
    }
    if (performance.now() - from > quickMs) slow = handedOver;
    done(null);
  };
}
