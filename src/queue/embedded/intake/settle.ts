import { HookportError } from '../../../errors.ts';
import type { LogFile } from './log-file.ts';
import { segmentFile, segmentOf } from './segments.ts';

/**
 * At a start, once what was taken over is in the database on disk: whether all is there that the database needs of the log, and removes
 * what nobody needs.
 *
 * @param needed the segments in which messages stand
 * @param taken up to where it was taken over
 * @param end where it is written next
 * @throws HookportError `data_folder_unusable` when a segment is missing
 */
export function settleLog(
  folder: string,
  log: LogFile,
  needed: readonly number[],
  { taken, end }: { taken: number; end: number },
): void {
  const there = log.segments();
  const missing = needed.find((segment) => !there.includes(segment));
  if (missing !== undefined)
    throw new HookportError(
      'data_folder_unusable',
      `${segmentFile(folder, missing)} is missing, in which messages stand that the queue database knows of: bring it back, ` +
        `or remove the whole data folder to begin with empty queues`,
    );
  const isOpen = (segment: number) => segment >= segmentOf(taken) && segment <= segmentOf(end);
  for (const segment of there) if (!isOpen(segment) && !needed.includes(segment)) log.free(segment);
}
