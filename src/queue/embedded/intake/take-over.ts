import type { Messages } from '../messages.ts';
import type { Store, StoredQueue } from '../store.ts';
import type { IntakeReader } from './reader.ts';
import { isPadding, maxRecordBytes, type RecordHead } from './record.ts';

/**
 * Takes the messages of the intake log over into the database, which notes where each stands. Positions that it has come to are
 * in the store.
 */
export interface TakeOver {
  /** Everything before that position is on disk. */
  announced(position: number): void;
  /** What was announced last. */
  readonly end: number;
  /** Something announced is not in the database. */
  readonly pending: boolean;
  /** Inside a transaction: takes over what comes next, and nothing from `before` on. @returns about what the database took for it, in bytes */
  step(now: number, before: number): number;
  /** At the start, in transactions of its own: takes over what a process that is gone left in the log. */
  recover(now: number): void;
}

/** At its old place in the line, even when it was left in the log for a day. */
export function visibleFrom({ sentAt, delayMs }: Pick<RecordHead, 'sentAt' | 'delayMs'>, now: number): number {
  return Math.min(now, sentAt) + delayMs;
}

/** What a row and its places in the indexes take, in bytes, without what stands in the log. */
const rowBytes = 256;

/** @param expect called for each message that becomes visible at that time in a queue of the plan */
export function createTakeOver(
  reader: IntakeReader,
  store: Store,
  messages: Messages,
  expect: (queue: StoredQueue, visibleAt: number) => void,
): TakeOver {
  const queues = new Map([...store.queues.values()].map((queue) => [queue.id, queue]));
  let end = store.intake;

  /** @returns how many records it came past */
  function take(from: number, to: number, now: number): number {
    const found = reader.read(from, to);
    for (const record of found.records) {
      if (isPadding(record)) continue;
      const visibleAt = visibleFrom(record, now);
      messages.takeOver(record.queue, record, now, visibleAt);
      const queue = queues.get(record.queue);
      if (queue) expect(queue, visibleAt);
    }
    store.takenIn(found.end);
    return found.records.length;
  }

  return {
    announced(position) {
      end = position;
    },
    get end() {
      return end;
    },
    get pending() {
      return store.intake < end;
    },
    step(now, before) {
      if (store.intake === end) return 0;
      const count = take(store.intake, Math.min(end, before), now);
      if (count === 0) throw new Error('the intake log does not hold what was written into it');
      return count * rowBytes;
    },
    recover(now) {
      // It ends where no record is. What may stand behind that was written beside it and never acknowledged.
      while (store.transaction(() => take(store.intake, store.intake + maxRecordBytes, now)) > 0);
      // It may have ended before it had synced what it wrote, and the database knows of that from now on.
      if (store.intake !== end) reader.sync(end, store.intake);
      end = store.intake;
    },
  };
}
