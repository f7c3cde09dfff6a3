import type { IntakeReader } from './intake/reader.ts';
import { leftInSegment, segmentBytes, segmentOf, startOfSegment } from './intake/segments.ts';
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
    const complete = segments().filter((segment) => segment < current);
    if (complete.length === 0) return;
    looking = true;
    const job = reclaimJob(space, complete, {
      unused(found) {
        unused.push(...found);
        sync();
      },
      ended: () => (looking = false),
    });
    add(job);
  }

  function segments(): number[] {
    try {
      return log.segments();
    } catch {
      // Without a descriptor to spare, for one. The next look finds them.
      return [];
    }
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

interface ReclaimEvents {
  /** No message needs these; they may go once what the job did is on disk. */
  unused: (segments: number[]) => void;
  ended: () => void;
}

/** First finds those that nobody needs, for which a full disk has room enough, then empties those that few need. */
function reclaimJob(space: LogSpace, segments: readonly number[], { unused, ended }: ReclaimEvents): Job {
  const toLookAt = [...segments];
  const toEmpty: { segment: number; from: number }[] = [];
  let found: number[] = [];

  /** @returns the segment if no message needs it */
  function lookAt(segment: number): number | undefined {
    const used = space.used(segment);
    if (used > 0 && used <= segmentBytes * partWorthKeeping) toEmpty.push({ segment, from: startOfSegment(segment) });
    return used === 0 ? segment : undefined;
  }

  /** @returns the same; of those that were few, the ones that the disk lost still need it */
  function emptyFurther(few: { segment: number; from: number }): number | undefined {
    const next = space.bringInSome(few.segment, few.from);
    if (next !== undefined) {
      few.from = next;
      return undefined;
    }
    toEmpty.shift();
    return space.used(few.segment) === 0 ? few.segment : undefined;
  }

  function give(): void {
    if (found.length > 0) unused(found);
    found = [];
  }

  return {
    step() {
      const next = toLookAt.shift();
      const [few] = toEmpty;
      const unneeded = next === undefined ? few && emptyFurther(few) : lookAt(next);
      const lookedAtAll = toLookAt.length === 0;
      const done = lookedAtAll && toEmpty.length === 0;
      return {
        done,
        committed() {
          if (unneeded !== undefined) found.push(unneeded);
          if (lookedAtAll) give();
          if (done) ended();
        },
      };
    },
    // The next job tries again what could not be written.
    failed() {
      give();
      ended();
    },
  };
}
