import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { QueuePlan } from '../../../../src/plan/plan.ts';
import { openDatabase } from '../../../../src/queue/embedded/database.ts';
import type { EmbeddedQueue } from '../../../../src/queue/embedded/embedded-queue.ts';
import { openAppendFile } from '../../../../src/queue/embedded/intake/append-file.ts';
import { makeLogFolder, segmentOf, startOfSegment } from '../../../../src/queue/embedded/intake/segments.ts';
import { createIntakeWriter } from '../../../../src/queue/embedded/intake/writer.ts';
import { createStore } from '../../../../src/queue/embedded/store.ts';
import { startOfTime } from '../in-process.ts';

/**
 * What a process leaves in a data folder that ended after it acknowledged these, before its engine had taken over any: several batches,
 * each written when the one before was on the disk.
 */
export async function leaveInLog(
  folder: string,
  plan: readonly QueuePlan[],
  batches: readonly (readonly string[])[],
  queue = 'q',
): Promise<void> {
  const database = openDatabase(join(folder, 'queues.db'));
  const store = createStore(database, plan, startOfTime);
  const logFolder = join(folder, 'intake');
  makeLogFolder(logFolder);
  const file = openAppendFile(logFolder);
  const writer = createIntakeWriter({
    file,
    at: store.intake,
    announce: () => undefined,
    catchUp: () => Promise.reject(new Error('nobody is there')),
    broken(error) {
      throw error;
    },
  });
  const { id } = store.queues.get(queue)!;
  const sentAt = startOfTime + 1000;
  for (const names of batches)
    await Promise.all(
      names.map((name) =>
        writer.send({
          queue: id,
          messageId: randomUUID(),
          attributes: '{}',
          delayMs: 0,
          sentAt,
          body: Buffer.from(name),
        }),
      ),
    );
  file.close();
  database.close();
}

/** Those of all pages. */
export async function bodies(queue: EmbeddedQueue): Promise<string[]> {
  const all: string[] = [];
  for (let after: string | undefined; ;) {
    const page = await queue.list({ limit: 1000, ...(after !== undefined && { after }) });
    all.push(...page.messages.map(({ body }) => body));
    if (page.next === undefined) return all;
    after = page.next;
  }
}

/** @returns where the log goes on from now on */
export function endOfSegmentSoon(folder: string, bytes: number): number {
  const database = openDatabase(join(folder, 'queues.db'));
  const intake = Number(database.prepare('SELECT max(intake) AS intake FROM queue').get()?.['intake']);
  const at = startOfSegment(segmentOf(intake) + 1) - bytes;
  database.prepare('UPDATE queue SET intake = ?').run(at);
  database.close();
  return at;
}
