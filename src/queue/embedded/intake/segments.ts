import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { syncFolder } from '../../../sync-folder.ts';

/**
 * The intake log on the disk: a folder of files of equal length, each the next part of it. Positions only ever grow, from file to file.
 * A change of this number must empty the log first.
 */
export const segmentBytes = 16 * 2 ** 20;

/** The number of the segment in which a position is. */
export const segmentOf = (position: number) => Math.floor(position / segmentBytes);

/** Where a segment begins. */
export const startOfSegment = (number: number) => number * segmentBytes;

/** How many bytes of its segment there are from a position on. */
export const leftInSegment = (position: number) => segmentBytes - (position % segmentBytes);

export const segmentName = (number: number) => `${String(number).padStart(10, '0')}.log`;

export const segmentFile = (folder: string, number: number) => join(folder, segmentName(number));

/** A file of full length in which nothing that counts stands: the next segment takes it over. */
export const spareFile = (folder: string) => join(folder, 'spare.log');

/** Made by the owner's engine, mode 0700, before anybody opens a segment. */
export function makeLogFolder(folder: string): void {
  if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) syncFolder(dirname(folder));
}

/** The numbers of the segments that are there, ascending. */
export function segmentsIn(folder: string): number[] {
  const numbers = readdirSync(folder).flatMap((name) => {
    const number = /^(\d{10})\.log$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  return numbers.toSorted((a, b) => a - b);
}
