import type { IntakeReader } from './intake/reader.ts';
import { leftInSegment, segmentBytes, segmentOf } from './intake/segments.ts';
import type { Job } from './jobs.ts';
import type { LogSpace } from './log-space.ts';

/** Gives back what of the intake log nobody needs any more. */
export interface Reclaim {
  /** To be called after each transaction that took over from the log: looks through the segments when it has come to its next. */
  advanced(): void;
  /** Looks through the segments in any case. */
  look(): void;
  /** Before a sync of the database. @returns what to do after it: frees what was not needed before */
  syncs(): () => void;
}

export interface ReclaimOptions {
  log: Pick<IntakeReader, 'segments' | 'free'>;
  space: LogSpace;
  /** How far the log was taken over. */
  position: () => number;
  /** Runs a job in the background of the engine. */
  add: (job: Job) => void;
  /** Has the database synced soon. */
  sync: () => void;
  /** Called once in the second half of each segment: what was given back by then may be the next. */
  prepareNext: () => void;
}

export function createReclaim({ log, space, position, add, sync, prepareNext }: ReclaimOptions): Reclaim {
  let current = segmentOf(position());
  let prepared = false;
  let looking = false;
  let unused: number[] = [];

  function look(): void {
    if (looking) return;
    // The last is still written.
    const complete = log.segments().filter((segment) => segment < current);
    if (complete.length === 0) return;
    looking = true;
    add(
      reclaimJob(space, complete, (found) => {
        looking = false;
        unused.push(...found);
        if (found.length > 0) sync();
      }),
    );
  }

  function free(segment: number): void {
    try {
      log.free(segment);
    } catch {
      // The next look finds it again.
    }
  }

  return {
    advanced() {
      if (segmentOf(position()) !== current) {
        current = segmentOf(position());
        prepared = false;
        look();
      }
      if (prepared || leftInSegment(position()) > segmentBytes / 2) return;
      prepared = true;
      prepareNext();
    },
    look,
    syncs() {
      const covered = unused;
      unused = [];
      return () => {
        for (const segment of covered) free(segment);
      };
    },
  };
}

/** A segment in which messages need no more than this part is not worth keeping: what they hold is brought into the database. */
const partWorthKeeping = 1 / 4;

/** @param ended told which of the segments no message needs; they may go once what the job did is on disk */
function reclaimJob(space: LogSpace, segments: readonly number[], ended: (unused: number[]) => void): Job {
  let left = [...segments];
  const unused: number[] = [];
  return {
    step() {
      const [segment] = left;
      if (segment === undefined) return { done: true, committed: () => ended(unused) };
      const used = space.used(segment);
      if (used > 0 && used <= segmentBytes * partWorthKeeping) {
        space.bringInSome(segment);
        return { done: false };
      }
      if (used === 0) unused.push(segment);
      left = left.slice(1);
      return { done: false };
    },
    // The next job tries again.
    failed: () => ended([]),
  };
}
