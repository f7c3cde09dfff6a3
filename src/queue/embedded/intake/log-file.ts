import { closeSync, existsSync, fdatasyncSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { leftInSegment, segmentBytes, segmentFile, segmentOf, segmentsIn, spareFile } from './segments.ts';

/** The intake log as those read it who do not write it. */
export interface LogFile {
  /** @returns how many bytes there were: fewer than asked for where the log ends, or where a segment is gone */
  read(target: Buffer, length: number, position: number): number;
  /** The segments that are there, ascending. */
  segments(): number[];
  /** Brings what stands in that segment to the disk, whoever wrote it; nothing where it is gone. */
  sync(segment: number): void;
  /** Nobody needs anything of that segment any more. */
  free(segment: number): void;
  close(): void;
}

/** Of the segments that were read last, so many stay open. */
const mostOpen = 32;

export function openLogFile(folder: string): LogFile {
  const open = new Map<number, number>();

  function descriptorOf(number: number): number | undefined {
    const known = open.get(number);
    if (known !== undefined) return known;
    const descriptor = openIfThere(segmentFile(folder, number));
    if (descriptor === undefined) return undefined;
    const [oldest] = open.keys();
    if (open.size >= mostOpen && oldest !== undefined) close(oldest);
    open.set(number, descriptor);
    return descriptor;
  }

  function close(number: number): void {
    const descriptor = open.get(number);
    if (descriptor !== undefined) closeSync(descriptor);
    open.delete(number);
  }

  return {
    read(target, length, position) {
      let read = 0;
      while (read < length) {
        const at = position + read;
        const descriptor = descriptorOf(segmentOf(at));
        if (descriptor === undefined) break;
        const part = readSync(descriptor, target, read, Math.min(length - read, leftInSegment(at)), at % segmentBytes);
        if (part === 0) break;
        read += part;
      }
      return read;
    },
    segments: () => segmentsIn(folder),
    sync(number) {
      const descriptor = descriptorOf(number);
      if (descriptor !== undefined) fdatasyncSync(descriptor);
    },
    free(number) {
      close(number);
      const [file, spare] = [segmentFile(folder, number), spareFile(folder)];
      // Its blocks are there already: a file that is new costs the disk as much again as what is written into it.
      if (existsSync(spare)) rmSync(file, { force: true });
      else renameSync(file, spare);
    },
    close() {
      for (const number of open.keys()) close(number);
    },
  };
}

function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
