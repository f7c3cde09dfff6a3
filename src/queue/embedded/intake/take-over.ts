import { isFull } from '../database.ts';
import type { Messages } from '../messages.ts';
import type { Store, StoredQueue } from '../store.ts';
import type { Gap } from './gap.ts';
import type { IntakeReader } from './reader.ts';
import { type FoundRecord, isPadding, maxRecordBytes, type RecordHead } from './record.ts';
import { segmentBytes, segmentName, segmentOf } from './segments.ts';
import { mostAheadBytes } from './writer.ts';

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
  /**
   * Inside a transaction: takes over what comes next, and nothing from `before` on. Where that is damaged it is passed: all that was
   * announced was on the disk, so that nothing else can have become of it.
   *
   * @throws Error where the log is shorter than what was announced: whatever is written there from now on would be lost as well
   */
  step(now: number, before: number): TakeOverStep;
  /**
   * At the start, in transactions of its own: takes over what a process that is gone left in the log. What a full disk has no room
   * for is pending.
   *
   * @returns what of it the disk has damaged or lost
   */
  recover(now: number): LostPart[];
}

export interface TakeOverStep {
  /** About what the database took for it. */
  bytes: number;
  /** What it passed, once the transaction is committed. */
  lost?: LostPart;
}

/** A part of the intake log that the disk damaged or lost before it was taken over; in it stood messages that were acknowledged. */
export interface LostPart {
  /** The segment in which it begins, in the folder of the log. */
  file: string;
  /** Where in that, in bytes. */
  offset: number;
  /** How long it is. */
  bytes: number;
  /**
   * Of how many messages in it the ids can still be told. They stand in their queues as others that the disk lost: counted, and
   * never handed over. There may have been more.
   */
  messages: number;
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

  function expectIn(id: number, visibleAt: number): void {
    const queue = queues.get(id);
    if (queue) expect(queue, visibleAt);
  }

  /** @returns how many records it came past */
  function take(from: number, to: number, now: number): number {
    const found = reader.read(from, to);
    for (const record of found.records) {
      if (isPadding(record)) continue;
      const visibleAt = visibleFrom(record, now);
      messages.takeOver(record.queue, record, now, visibleAt);
      expectIn(record.queue, visibleAt);
    }
    store.takenIn(found.end);
    return found.records.length;
  }

  /** @returns what of a damaged record stays in its queue, so that it is seen to be missing; undefined where too little can be told */
  function believable({ messageId, sentAt, queue, ...rest }: FoundRecord, now: number): FoundRecord | undefined {
    if (!store.retentionMs.has(queue) || !/^[0-9a-f-]{36}$/.test(messageId) || !(sentAt > 0)) return undefined;
    return { ...rest, messageId, queue, sentAt: Math.floor(Math.min(sentAt, now)) };
  }

  function pass({ from, to, damaged }: Gap, now: number): LostPart {
    const told = damaged.flatMap((record) => believable(record, now) ?? []);
    for (const record of told) {
      messages.takeOver(record.queue, record, now, now);
      expectIn(record.queue, now);
    }
    store.takenIn(to);
    const file = segmentName(segmentOf(from));
    return { file, offset: from % segmentBytes, bytes: to - from, messages: told.length };
  }

  /** @returns undefined where it goes on behind a gap, which only a start takes over */
  function endOfLog(furthest: number): number | undefined {
    let at = store.intake;
    for (let found; (found = reader.read(at, at + maxRecordBytes)).records.length > 0;) at = found.end;
    return reader.gap(at, furthest) ? undefined : at;
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
      if (store.intake === end) return { bytes: 0 };
      const to = Math.min(end, before);
      const count = take(store.intake, to, now);
      if (count > 0) return { bytes: count * rowBytes };
      const damage = reader.damage(store.intake, to);
      if (!damage) throw new Error('the intake log does not hold what was written into it');
      return { bytes: damage.damaged.length * rowBytes, lost: pass(damage, now) };
    },
    recover(now) {
      const lost: LostPart[] = [];
      // Whoever wrote it was never further ahead of what the database has on the disk.
      const furthest = end + mostAheadBytes;
      const from = end;
      try {
        for (;;) {
          while (store.transaction(() => take(store.intake, store.intake + maxRecordBytes, now)) > 0);
          // Where no record is, it ends, or the disk has lost one.
          const gap = reader.gap(store.intake, furthest);
          if (!gap) break;
          lost.push(store.transaction(() => pass(gap, now)));
        }
        end = store.intake;
      } catch (error) {
        const known = isFull(error) ? endOfLog(furthest) : undefined;
        if (known === undefined) throw error;
        end = known;
      }
      // It may have ended before it had synced what it wrote, and the database knows of that from now on.
      if (end !== from) reader.sync(from, end);
      return lost;
    },
  };
}
