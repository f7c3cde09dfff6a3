import { newMessageId } from './message-id.ts';
import { moved } from './messages.ts';
import type { Store, StoredQueue } from './store.ts';

/**
 * The work that may concern a whole backlog, cut into steps of a few milliseconds, so that accepts go on between them.
 * Each runs inside the caller's transaction.
 */
export interface Steps {
  /** The newest row now, up to which a purge goes. */
  lastRow(): number;
  /**
   * Deletes up to {@link rowsPerStep} messages of a queue up to that row, but for those that entered it later.
   *
   * @returns how many; 0 when it is done
   */
  purge(queue: StoredQueue, upToRow: number, enteredBy: number, now: number): number;
  /** Deletes up to {@link rowsPerStep} messages older than their queue keeps them. @returns how many */
  expire(now: number): number;
  /** Whether any queue holds a message older than it keeps them. Needs no transaction. */
  hasExpired(now: number): boolean;
  /** Moves up to `limit` messages on, as new ones: another id, age and receive count, as SQS does. */
  move(from: MoveCursor, limit: number, now: number): MoveStep;
}

/** How far a move task got. */
export interface MoveCursor {
  queue: StoredQueue;
  /** Absent: to where the redrive policy took each from. */
  destination?: StoredQueue;
  /** Epoch milliseconds; what entered the queue later stays. */
  startedAt: number;
  /** The last message looked at, by age. */
  after: { sentAt: number; row: number };
}

export interface MoveStep {
  after: MoveCursor['after'];
  moved: { destination: StoredQueue }[];
  done: boolean;
  /** It met a message whose destination is unknown. */
  sourceUnknown: boolean;
}

export const rowsPerStep = 100;

/** @param stamp what is written as `sentAt`, given the clock's now */
export function createSteps(store: Store, stamp: (now: number) => number): Steps {
  const { database, queues, retentionMs } = store;
  const last = database.prepare('SELECT max(id) AS id FROM message');
  // What entered at a time that is still to come was there before the clock was set back, and this process started.
  const purgeRows = database.prepare(
    `DELETE FROM message WHERE id IN (SELECT id FROM message WHERE queue = ? AND id <= ? AND (entered_at <= ? OR entered_at > ?) ORDER BY sent_at LIMIT ${rowsPerStep})`,
  );
  const expired = database.prepare('SELECT 1 FROM message WHERE queue = ? AND sent_at <= ? LIMIT 1');
  const expireRows = database.prepare(
    `DELETE FROM message WHERE id IN (SELECT id FROM message WHERE queue = ? AND sent_at <= ? LIMIT ${rowsPerStep})`,
  );
  const candidates = database.prepare(
    `SELECT id, sent_at, entered_at, visible_at, dead_letter_source FROM message
     WHERE queue = ? AND (sent_at, id) > (?, ?) ORDER BY sent_at, id LIMIT ?`,
  );
  const moveRow = database.prepare(`UPDATE message SET ${moved} WHERE id = ?`);
  const byId = new Map([...queues.values()].map((queue) => [queue.id, queue]));

  return {
    lastRow: () => Number(last.get()?.['id'] ?? 0),
    purge(queue, upToRow, enteredBy, now) {
      const deleted = Number(purgeRows.run(queue.id, upToRow, enteredBy, now).changes);
      store.count(queue.id, -deleted);
      return deleted;
    },
    hasExpired: (now) => [...retentionMs].some(([queue, keepMs]) => expired.get(queue, now - keepMs) !== undefined),
    expire(now) {
      for (const [queue, keepMs] of retentionMs) {
        const deleted = Number(expireRows.run(queue, now - keepMs).changes);
        store.count(queue, -deleted);
        if (deleted > 0) return deleted;
      }
      return 0;
    },
    move(from, limit, now) {
      const rows = candidates.all(from.queue.id, from.after.sentAt, from.after.row, limit);
      const step: MoveStep = { after: from.after, moved: [], done: rows.length < limit, sourceUnknown: false };
      for (const row of rows) {
        const [id, sentAt] = [Number(row['id']), Number(row['sent_at'])];
        step.after = { sentAt, row: id };
        const enteredAt = Number(row['entered_at']);
        if ((enteredAt > from.startedAt && enteredAt <= now) || Number(row['visible_at']) > now) continue;
        const destination = from.destination ?? byId.get(Number(row['dead_letter_source']));
        if (!destination) return { ...step, done: true, sourceUnknown: true };
        moveRow.run(destination.id, newMessageId(), now, stamp(now), now, id);
        store.count(from.queue.id, -1);
        store.count(destination.id, 1);
        step.moved.push({ destination });
      }
      return step;
    },
  };
}
