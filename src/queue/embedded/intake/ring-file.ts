import { closeSync, fdatasync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { createPrivateFile } from '../../../private-file.ts';
import { syncFolder } from '../../../sync-folder.ts';

/**
 * The intake log on the disk. Positions only ever grow; the file is no longer than one lap, and each lap overwrites the one
 * before.
 * A change of this number must empty the log first.
 */
export const lapBytes = 32 * 2 ** 20;

/** A file that grows costs a journal commit of the file system at each sync, so it grows by so much at once. */
const growth = Buffer.alloc(2 ** 20);

export interface RingFile {
  /** All of it, or it throws what the system says. */
  write(bytes: Buffer, length: number, position: number): void;
  /** @returns how many bytes there were; fewer than asked for in the first lap */
  read(target: Buffer, length: number, position: number): number;
  /** Calls back, perhaps at once, when everything written before the call is on disk. */
  sync(done: (error: Error | null) => void): void;
  /** Once no sync is under way. */
  close(): void;
}

/** Creates the file if need be, mode 0600. */
export function openRingFile(file: string): RingFile {
  createPrivateFile(file);
  syncFolder(dirname(file));
  const descriptor = openSync(file, 'r+');
  let size = fstatSync(descriptor).size;
  return {
    write(bytes, length, position) {
      let written = 0;
      while (written < length) {
        const place = (position + written) % lapBytes;
        const part = Math.min(length - written, lapBytes - place);
        while (size < place + part) size += writeSync(descriptor, growth, 0, growth.length, size);
        written += writeSync(descriptor, bytes, written, part, place);
      }
    },
    read(target, length, position) {
      let read = 0;
      while (read < length) {
        const place = (position + read) % lapBytes;
        const part = readSync(descriptor, target, read, Math.min(length - read, lapBytes - place), place);
        if (part === 0) break;
        read += part;
      }
      return read;
    },
    sync: createSync(descriptor),
    close: () => closeSync(descriptor),
  };
}

/** On a disk that is as quick, to hand a sync to another thread and back takes about as long and more processor time. */
const quickMs = 2;

/** After a slower one, so many are handed over before the disk is tried again: it is what counts, and not how busy this thread is. */
const handedOver = 16;

function createSync(descriptor: number): RingFile['sync'] {
  let slow = 0;
  return (done) => {
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
