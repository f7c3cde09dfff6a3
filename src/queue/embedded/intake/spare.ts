import { closeSync, existsSync, fdatasyncSync, openSync, renameSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { segmentBytes, spareFile } from './segments.ts';

/** So much at once: a disk that writes much holds up every sync meanwhile. With 1 MiB, and with 64 KiB, accepts are fewer and wait longer. */
const piece = Buffer.alloc(256 * 1024);

/** A spare segment takes no more than this part of the room that the disk has left. */
const partOfRoom = 1 / 8;

/**
 * Makes a segment in advance, where none was left over: a file that grows while it is written costs more at each sync.
 *
 * @throws what the system says; nothing is left then
 */
export function makeSpare(folder: string): void {
  const spare = spareFile(folder);
  const { bavail, bsize } = statfsSync(folder);
  if (existsSync(spare) || segmentBytes > bavail * bsize * partOfRoom) return;
  const unfinished = `${spare}.new`;
  try {
    const descriptor = openSync(unfinished, 'w', 0o600);
    try {
      for (let at = 0; at < segmentBytes; at += piece.length) {
        writeSync(descriptor, piece, 0, piece.length, at);
        fdatasyncSync(descriptor);
      }
    } finally {
      closeSync(descriptor);
    }
    renameSync(unfinished, spare);
  } finally {
    rmSync(unfinished, { force: true });
  }
}
