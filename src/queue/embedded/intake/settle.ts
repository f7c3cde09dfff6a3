import { accessSync, constants, existsSync } from 'node:fs';
import { HookportError } from '../../../errors.ts';
import type { LogFile } from './log-file.ts';
import { segmentFile, segmentOf, segmentsIn } from './segments.ts';

/**
 * Before a start makes a new database: whether one was there before. No segment is written before its database is on the disk, so that
 * one without it is what a person left, who moved or copied a part of the data folder; a new database would take nothing from it, and
 * free it.
 *
 * @param file the database
 * @throws HookportError `data_folder_unusable` when the log holds a segment
 */
export function requireNoLog(file: string, folder: string): void {
  if (!existsSync(folder) || segmentsIn(folder).length === 0) return;
  throw new HookportError(
    'data_folder_unusable',
    `${file} is missing or empty, beside ${folder}, which holds what it accepted: bring it back, with its -wal if there was one, ` +
      'or remove that folder too to begin with empty queues',
  );
}

/**
 * Before a start takes over anything: whether all is there that the database needs of the log. Where a segment is missing, what was not
 * taken over of it would be passed as lost, and not be looked for again once somebody brings it back.
 *
 * @param needed the segments in which messages stand
 * @throws HookportError `data_folder_unusable` when one is missing, or cannot be read
 */
export function requireSegments(folder: string, needed: readonly number[]): void {
  for (const segment of needed) {
    const file = segmentFile(folder, segment);
    try {
      accessSync(file, constants.R_OK);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const what = 'in which messages stand that the queue database knows of';
      const why =
        code === 'ENOENT'
          ? `${file} is missing, ${what}: bring it back, or remove the whole data folder to begin with empty queues`
          : `${file} cannot be read, ${what}: ${message}`;
      throw new HookportError('data_folder_unusable', why, { cause: error });
    }
  }
}

/**
 * At a start, once what was taken over is in the database on disk: removes what nobody needs.
 *
 * @param needed the segments in which messages stand
 * @param taken up to where it was taken over
 * @param end where it is written next
 */
export function settleLog(
  log: LogFile,
  needed: readonly number[],
  { taken, end }: { taken: number; end: number },
): void {
  const isOpen = (segment: number) => segment >= segmentOf(taken) && segment <= segmentOf(end);
  for (const segment of log.segments()) if (!isOpen(segment) && !needed.includes(segment)) log.free(segment);
}
