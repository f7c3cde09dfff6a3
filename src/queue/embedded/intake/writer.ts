import type { HookportError } from '../../../errors.ts';
import { isOutOfRoom } from '../../../full-disk.ts';
import { isOutOfDescriptors } from '../descriptors.ts';
import { unavailable } from '../unavailable.ts';
import type { AppendFile } from './append-file.ts';
import { type Batch, createBatch } from './batch.ts';
import { type IntakeRecord, roomFor } from './record.ts';
import { leftInSegment } from './segments.ts';

/** The writing end of the intake log, in the thread that accepts. */
export interface IntakeWriter {
  /**
   * Resolves when the message is on disk, from where the engine takes it over even after a crash.
   *
   * @throws HookportError `queue_unavailable` (as a rejection)
   */
  send(record: IntakeRecord): Promise<void>;
  /**
   * Calls back when what was sent before the call is on disk or was refused, with where it ends in the log; before the engine
   * learns of anything behind that.
   */
  mark(reached: (position: number) => void): void;
  /** The engine's database has everything before that position, on disk. */
  freed(position: number): void;
  /** The engine could not write what it took over; until it can, nothing more is accepted. */
  stalled(): void;
  /** Resolves when everything sent is answered. */
  settled(): Promise<void>;
  /** Rejects what follows, and what still waits for room. */
  close(): void;
}

export interface IntakeWriterOptions {
  file: AppendFile;
  /** The position of the first record. */
  at: number;
  /** Tells the engine that everything before the position is on disk. */
  announce: (position: number) => void;
  /** Lets the engine try again. Rejects with why it still cannot write. */
  catchUp: () => Promise<void>;
  /** Called when a sync failed, after those who waited were told: nobody knows then what is on disk. */
  broken: (error: Error) => void;
}

/** A batch and who waits for it. */
interface Gathered {
  batch: Batch;
  waiting: { resolve: () => void; reject: (error: HookportError) => void }[];
}

/** The log may be ahead of the engine by no more: it bounds what the next start has to take over. */
export const mostAheadBytes = 32 * 2 ** 20;

/** Of the event loop: a batch waits on as long as each brings another message. One that brings none costs a few microseconds. */
const mostTurns = 4;
const nothingGathered = (): Gathered => ({ batch: createBatch(), waiting: [] });

/**
 * One write and one sync at a time, for all that was sent before they began: the more comes meanwhile, the more share
 * the next. The engine reads what it takes over from the file, so that a backlog takes no memory.
 */
export function createIntakeWriter(options: IntakeWriterOptions): IntakeWriter {
  const { file, announce, catchUp, broken } = options;
  /** Everything before it is on disk. */
  let synced = options.at;
  /** Where the next record goes. */
  let next = options.at;
  let free = options.at + mostAheadBytes;
  let gathering = nothingGathered();
  let spare = nothingGathered();
  let scheduled = false;
  /** The last batch had more than one. */
  let severalSend = false;
  /** Of the batch that gathers: how many it had a turn ago, and how many turns it waited. */
  let seen = 0;
  let turns = 0;
  let flushing = false;
  let failure: HookportError | undefined;
  let behind = false;
  let catchingUp: Promise<void> | undefined;
  let room: PromiseWithResolvers<void> | undefined;
  let idle: PromiseWithResolvers<void> | undefined;
  let marks: { position: number; reached: (position: number) => void }[] = [];
  /** How many wait for room, or for the engine. */
  let later = 0;

  function append(record: IntakeRecord): Promise<void> {
    const { batch, waiting } = gathering;
    const skipped = skipBefore(record);
    if (skipped > 0) batch.skip(skipped, next);
    next += skipped;
    next += batch.add(record, next);
    if (!flushing) schedule();
    return new Promise((resolve, reject) => void waiting.push({ resolve, reject }));
  }

  /** To the end of the segment, where the record might not fit: none stands in two. */
  function skipBefore(record: IntakeRecord): number {
    const left = leftInSegment(next);
    return roomFor(record) > left ? left : 0;
  }

  /** After all requests that this turn of the event loop has read. */
  function schedule(): void {
    if (!scheduled) setImmediate(flush);
    scheduled = true;
  }

  async function appendLater(record: IntakeRecord): Promise<void> {
    later += 1;
    try {
      while (behind || !fits(record)) {
        if (failure) break;
        if (behind) await (catchingUp ??= tryAgain());
        else await (room ??= Promise.withResolvers<void>()).promise;
      }
      if (failure) throw failure;
      await append(record);
    } finally {
      later -= 1;
      rest();
    }
  }

  const fits = (record: IntakeRecord) => next + skipBefore(record) + roomFor(record) <= free;

  async function tryAgain(): Promise<void> {
    try {
      await catchUp();
      behind = false;
    } finally {
      catchingUp = undefined;
    }
  }

  /** Several senders at once mostly stay several: those whose answers went out together send again together. */
  function isWorthWaiting(): boolean {
    const count = gathering.waiting.length;
    if (!severalSend || turns === mostTurns || count === seen) return false;
    seen = count;
    turns += 1;
    return true;
  }

  function flush(): void {
    if (isWorthWaiting()) return void setImmediate(flush);
    severalSend = gathering.waiting.length > 1;
    seen = 0;
    turns = 0;
    scheduled = false;
    if (gathering.batch.length === 0) return;
    const gathered = gathering;
    const { batch, waiting } = gathered;
    gathering = spare;
    flushing = true;
    try {
      file.write(batch.pieces(), synced);
    } catch (error) {
      refuse(waiting, error as Error);
      // A full disk may have room again, and a process a descriptor for the next segment; what was refused will be overwritten.
      if (!isOutOfRoom(error) && !isOutOfDescriptors(error)) breakDown(error as Error);
      return landed(gathered);
    }
    file.sync((error) => {
      if (error) {
        refuse(waiting, error);
        breakDown(error);
      } else {
        synced += batch.length;
        reachMarks();
        announce(synced);
        for (const { resolve } of waiting) resolve();
      }
      landed(gathered);
    });
  }

  /** The next batch may go. */
  function landed(gathered: Gathered): void {
    spare = gathered;
    spare.batch.clear();
    spare.waiting = [];
    flushing = false;
    if (gathering.batch.length > 0) schedule();
    else rest();
  }

  const isIdle = () => !flushing && gathering.batch.length === 0 && later === 0;

  function rest(): void {
    if (!isIdle()) return;
    idle?.resolve();
    idle = undefined;
  }

  function reachMarks(): void {
    // After a refusal nothing stands between what is synced and what comes next.
    const isReached = ({ position }: (typeof marks)[number]) => position <= synced || next === synced;
    const now = marks.filter(isReached);
    marks = marks.filter((mark) => !isReached(mark));
    for (const { position, reached } of now) reached(Math.min(position, synced));
  }

  /** What was gathered behind it has positions that no longer hold, so it is refused too. */
  function refuse(waiting: Gathered['waiting'], error: Error): void {
    const refusal = unavailable(error.message);
    for (const { reject } of [...waiting, ...gathering.waiting]) reject(refusal);
    gathering.batch.clear();
    gathering.waiting = [];
    next = synced;
    reachMarks();
  }

  function breakDown(error: Error): void {
    end(unavailable(error.message));
    broken(error);
  }

  function end(error: HookportError): void {
    failure ??= error;
    room?.resolve();
  }

  return {
    send(record) {
      if (failure) return Promise.reject(failure);
      return behind || !fits(record) ? appendLater(record) : append(record);
    },
    mark(reached) {
      marks.push({ position: next, reached });
      reachMarks();
    },
    freed(position) {
      free = position + mostAheadBytes;
      room?.resolve();
      room = undefined;
    },
    stalled() {
      behind = true;
    },
    async settled() {
      if (isIdle()) return;
      await (idle ??= Promise.withResolvers<void>()).promise;
    },
    close: () => end(unavailable('the queues are closed')),
  };
}
