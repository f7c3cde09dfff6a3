import { join } from 'node:path';
import { openDataFolder } from '../../../src/local/data-folder.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { openDatabase } from '../../../src/queue/embedded/database.ts';
import { segmentOf, startOfSegment } from '../../../src/queue/embedded/intake/segments.ts';
import { createStore } from '../../../src/queue/embedded/store.ts';

/**
 * Makes a new data folder whose intake log begins shortly before the end of a segment, so that little that is sent comes to the next:
 * a log that begins where it likes would need 16 MiB.
 *
 * @param bytes before the end
 */
export function endSegmentSoon(dataFolder: string, plan: Plan, bytes: number): void {
  const queues = plan.sources.flatMap(({ queue, deadLetterQueue }) => [queue, deadLetterQueue]);
  openDataFolder(dataFolder).close();
  const database = openDatabase(join(dataFolder, 'queues.db'));
  const { intake } = createStore(database, queues, Date.now());
  const soon = startOfSegment(segmentOf(intake) + 1) - bytes;
  database.prepare('UPDATE queue SET intake = ?').run(Math.max(intake, soon));
  database.close();
}
