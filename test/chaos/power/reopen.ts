import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteDeduplication } from '../../../src/deduplication/sqlite.ts';
import type { QueuePlan } from '../../../src/plan/plan.ts';
import { openJournalDatabase } from '../../../src/local/journal/database.ts';
import { openDatabase } from '../../../src/queue/embedded/database.ts';
import { createContentsReader } from '../../../src/queue/embedded/intake/contents.ts';
import { openLogFile } from '../../../src/queue/embedded/intake/log-file.ts';
import { createIntakeReader } from '../../../src/queue/embedded/intake/reader.ts';
import { makeLogFolder } from '../../../src/queue/embedded/intake/segments.ts';
import { requireNoLog, requireSegments, settleLog } from '../../../src/queue/embedded/intake/settle.ts';
import { createTakeOver } from '../../../src/queue/embedded/intake/take-over.ts';
import { contentsOf, createLogSpace } from '../../../src/queue/embedded/log-space.ts';
import { createMessages } from '../../../src/queue/embedded/messages.ts';
import { createStore } from '../../../src/queue/embedded/store.ts';

export interface Reopened {
  /** GitHub's delivery ids of all messages, in whatever queue. */
  ids: Set<string>;
  /** The same of those that are recorded as completed. */
  completed: Set<string>;
  problems: string[];
}

/** Lays out what a power cut left and opens it as a start would. */
export function reopen(files: ReadonlyMap<string, Buffer>, folder: string, plan: readonly QueuePlan[]): Reopened {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, bytes] of files) {
    // Shared memory is no file on a disk; SQLite makes it anew.
    if (path.endsWith('-shm')) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  mkdirSync(join(folder, 'data'), { recursive: true });
  const problems: string[] = [];
  const file = join(folder, 'data/queues.db');
  const logFolder = join(folder, 'data/intake');
  const database = openDatabase(file, () => requireNoLog(file, logFolder));
  makeLogFolder(logFolder);
  const log = openLogFile(logFolder);
  const contents = createContentsReader(log);
  const space = createLogSpace(database, contents);
  try {
    problems.push(...damageOf(database));
    requireSegments(logFolder, space.inUse());
    const store = createStore(database, plan, Date.now());
    const messages = createMessages({ store, stamp: (now) => now, contents, space });
    messages.giveBack(Date.now());
    const takeOver = createTakeOver(createIntakeReader(log), store, messages, () => undefined);
    // What was torn while it was being written must not be taken for damage.
    for (const { file, offset, bytes } of takeOver.recover(Date.now()))
      problems.push(`${file} counts as damaged: ${bytes} bytes at ${offset}`);
    settleLog(log, space.inUse(), { taken: store.intake, end: takeOver.end });
    const counts = database.prepare(
      'SELECT name, messages, (SELECT count(*) FROM message WHERE queue = queue.id) AS found FROM queue',
    );
    for (const { name, messages, found } of counts.all())
      if (messages !== found)
        problems.push(`${String(name)} counts ${Number(messages)} messages and has ${Number(found)}`);
    const kept = database.prepare('SELECT position, length, attributes, body FROM message').all();
    const ids = kept
      .map((row) => contentsOf(row, contents))
      .map(({ attributes }) => /x-github-delivery: ([^\\]+)\\n/.exec(attributes)?.[1] ?? '');
    if (new Set(ids).size < ids.length) problems.push('a delivery is there twice');
    const journal = openJournalDatabase(join(folder, 'data/journal.db'), Date.now);
    journal.database.close();
    if (journal.putAside !== undefined) problems.push('the journal could not be read and was put aside');
    const completed = completedIn(join(folder, 'data/deduplication.db'), problems);
    return { ids: new Set(ids), completed, problems };
  } finally {
    log.close();
    database.close();
  }
}

function damageOf(database: DatabaseSync): string[] {
  const found = database.prepare('PRAGMA integrity_check').all();
  const lines = found.map((row) => String(row['integrity_check']));
  return lines.join() === 'ok' ? [] : [`integrity_check: ${lines.slice(0, 3).join('; ')}`];
}

function completedIn(file: string, problems: string[]): Set<string> {
  openSqliteDeduplication({ file }).close();
  const database = new DatabaseSync(file);
  try {
    problems.push(...damageOf(database));
    return new Set(
      database
        .prepare('SELECT id FROM completed')
        .all()
        .map(({ id }) => String(id)),
    );
  } finally {
    database.close();
  }
}
