import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openReader } from '../../../src/queue/embedded/database.ts';
import { createReads } from '../../../src/queue/embedded/reads.ts';
import { queuePlan } from '../../contract/queue.ts';
import { openInProcess, removeFolder, temporaryFolder } from './in-process.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => removeFolder(folder));

/** Runs something when the rows of a page were read, and what they hold was not. */
function interrupt(database: DatabaseSync, between: () => void): void {
  const prepare = database.prepare.bind(database);
  database.prepare = (sql) => {
    const statement = prepare(sql);
    const iterate = statement.iterate.bind(statement) as (
      ...parameters: unknown[]
    ) => Iterable<Record<string, unknown>>;
    statement.iterate = function* (...parameters: unknown[]) {
      yield* iterate(...parameters);
      between();
    } as typeof statement.iterate;
    return statement;
  };
}

test('a message whose segment goes while a page is read is listed from where it is by then, or not at all', async () => {
  const opened = await openInProcess([queuePlan('q')], { folder });
  for (const body of ['brought in', 'deleted']) await opened.queues.queue('q').send({ body, attributes: {} });
  await opened.queues.queue('q').depth();
  const database = openReader(join(folder, 'queues.db'));
  interrupt(database, () => {
    database.exec(
      `UPDATE message SET position = NULL, length = NULL, attributes = '{}', body = 'brought in' WHERE id = 1`,
    );
    database.exec('DELETE FROM message WHERE id = 2');
    rmSync(join(folder, 'intake'), { recursive: true });
  });
  const { messages } = createReads(database, join(folder, 'intake')).list(1, { limit: 10 });
  expect(messages).toMatchObject([{ body: 'brought in', attributes: {} }]);
  database.close();
  await opened.close();
});
