import { HookportError } from '../../../errors.ts';
import type { LogFile } from './log-file.ts';
import { segmentFile } from './segments.ts';

/**
 * At a start, once everything in the log is in the database on disk: whether all is there that the database needs of it, and removes
 * what it does not need.
 *
 * @param needed the segments in which messages stand
 * @param current the one that is written next
 * @throws HookportError `data_folder_unusable` when a segment is missing
 */
export function settleLog(folder: string, log: LogFile, needed: readonly number[], current: number): void {
  const there = log.segments();
  const missing = needed.find((segment) => !there.includes(segment));
  if (missing !== undefined)
    throw new HookportError(
      'data_folder_unusable',
      `${segmentFile(folder, missing)} is missing, in which messages stand that the queue database knows of: bring it back, ` +
        `or remove the whole data folder to begin with empty queues`,
    );
  for (const segment of there) if (segment !== current && !needed.includes(segment)) log.free(segment);
}
