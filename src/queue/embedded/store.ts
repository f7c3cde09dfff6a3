import { randomInt } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { HookportError } from '../../errors.ts';
import type { QueuePlan } from '../../plan/plan.ts';
import { startOfSegment } from './intake/segments.ts';

/** A queue as the engine knows it; `id` is its number in the database. */
export interface StoredQueue {
  id: number;
  settings: QueuePlan;
  createdAt: number;
}

/**
 * The open database with what all operations share: the queues and the running transaction. Operations are functions
 * over a store; each runs inside {@link transaction}.
 */
export interface Store {
  readonly database: DatabaseSync;
  readonly queues: ReadonlyMap<string, StoredQueue>;
  /** By id, also those that the plan no longer has: their messages still expire. */
  readonly retentionMs: ReadonlyMap<number, number>;
  /** Queues that keep for less long than until now, with how many messages that deletes; none without any. */
  readonly shortened: readonly { name: string; messages: number }[];
  /** Up to where committed transactions took over the intake log. */
  readonly intake: number;
  /** Notes that a queue gained or lost messages; written with the transaction. */
  count(queue: number, change: number): void;
  /** Notes that the intake log was taken over up to there; written with the transaction. */
  takenIn(position: number): void;
  /** Commits what `work` did, or undoes all of it and throws. It is on disk after the next sync: see `database.ts`. */
  transaction<T>(work: () => T): T;
}

/** Brings the queues of the plan into the database, with the plan's settings, and returns the store. */
export function createStore(database: DatabaseSync, plan: readonly QueuePlan[], now: number): Store {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const addMessages = database.prepare('UPDATE queue SET messages = messages + ?, intake = ? WHERE id = ?');
  const noteIntake = database.prepare('UPDATE queue SET intake = ? WHERE id = (SELECT min(id) FROM queue)');
  const changes = new Map<number, number>();
  let intake = 0;
  let takenIn = 0;
  const queues = new Map<string, StoredQueue>();
  const retentionMs = new Map<number, number>();
  const shortened: { name: string; messages: number }[] = [];

  const store: Store = {
    database,
    queues,
    retentionMs,
    shortened,
    get intake() {
      return intake;
    },
    takenIn(position) {
      takenIn = position;
    },
    count: (queue, change) => void changes.set(queue, (changes.get(queue) ?? 0) + change),
    transaction(work) {
      changes.clear();
      takenIn = intake;
      begin.run();
      try {
        const result = work();
        // Where `work` went on all the same, what follows would stand by itself: the position without what it is the position of.
        if (!database.isTransaction) throw new Error('the database has undone the transaction');
        for (const [queue, change] of changes)
          if (change !== 0 || takenIn !== intake) addMessages.run(change, takenIn, queue);
        // It came past padding alone. The segment with that may be given back.
        if (takenIn !== intake && changes.size === 0) noteIntake.run(takenIn);
        commit.run();
        intake = takenIn;
        return result;
      } catch (error) {
        // SQLite itself undoes a transaction that met a full disk.
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
  };

  const names = new Set(plan.map((queue) => queue.name));
  for (const { name, redrive } of plan)
    if (redrive && !names.has(redrive.deadLetterQueue))
      throw new HookportError('queue_not_found', `queue ${name}: no dead-letter queue ${redrive.deadLetterQueue}`);

  const stored = database.prepare('SELECT id, name, created_at, retention_ms, intake FROM queue');
  const upsert = database.prepare(
    `INSERT INTO queue (name, created_at, retention_ms, intake) VALUES (?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET retention_ms = excluded.retention_ms WHERE retention_ms <> excluded.retention_ms`,
  );
  // Nothing is written when the plan is the one of last time: a start should not wait for the disk.
  const before = stored.all();
  intake = Math.max(0, ...before.map((row) => Number(row['intake'])));
  const known = new Map(before.map((row) => [row['name'], row['retention_ms']]));
  const between = database.prepare(
    'SELECT count(*) AS messages FROM message WHERE queue = ? AND sent_at > ? AND sent_at <= ?',
  );
  for (const { name, retentionSeconds } of plan) {
    const row = before.find((each) => each['name'] === name);
    const keptMs = Number(row?.['retention_ms'] ?? 0);
    if (!row || keptMs <= retentionSeconds * 1000) continue;
    const found = between.get(Number(row['id']), now - keptMs, now - retentionSeconds * 1000);
    const messages = Number(found?.['messages']);
    if (messages > 0) shortened.push({ name, messages });
  }
  if (intake === 0 || plan.some((queue) => known.get(queue.name) !== queue.retentionSeconds * 1000)) {
    // A new database must not take what is left in the log of an older one, that was removed, for its own.
    intake ||= startOfSegment(randomInt(2, 2 ** 23));
    store.transaction(() => {
      for (const queue of plan) upsert.run(queue.name, now, queue.retentionSeconds * 1000, intake);
      database.prepare('UPDATE queue SET intake = ?').run(intake);
    });
  }
  const rows = new Map(stored.all().map((row) => [row['name'], row]));
  for (const row of rows.values()) retentionMs.set(Number(row['id']), Number(row['retention_ms']));
  for (const settings of plan) {
    const row = rows.get(settings.name);
    if (row) queues.set(settings.name, { id: Number(row['id']), settings, createdAt: Number(row['created_at']) });
  }
  return store;
}
