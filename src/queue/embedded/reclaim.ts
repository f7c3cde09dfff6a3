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

/** To look through the segments takes as long as there are messages: of the time since the last look, it takes one part and leaves these. */
const restParts = 20;

export function createReclaim({ log, space, position, add, sync, prepareNext }: ReclaimOptions): Reclaim {
  let current = segmentOf(position());
  let prepared = false;
  let looking = false;
  let restUntil = 0;
  let unused: number[] = [];

  function look(): void {
    if (looking || performance.now() < restUntil) return;
    // The last is still written.
    const complete = segments().filter((segment) => segment < current);
    if (complete.length === 0) return;
    looking = true;
    const job = reclaimJob(space, complete, {
      unused(found) {
        unused.push(...found);
        sync();
      },
      lookedAtAll(tookMs) {
        restUntil = performance.now() + tookMs * restParts;
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
  lookedAtAll: (tookMs: number) => void;
  ended: () => void;
}

/** First finds those that nobody needs, for which a full disk has room enough, then empties those that few need. */
function reclaimJob(space: LogSpace, segments: readonly number[], events: ReclaimEvents): Job {
  const toLookAt = [...segments];
  const toEmpty: { segment: number; from: number }[] = [];
  let found: number[] = [];
  let tookMs = 0;

  /** @returns the segment if no message needs it */
  function lookAt(segment: number): number | undefined {
    const began = performance.now();
    const used = space.used(segment);
    tookMs += performance.now() - began;
    if (toLookAt.length === 0) events.lookedAtAll(tookMs);
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
    if (found.length > 0) events.unused(found);
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
          if (done) events.ended();
        },
      };
    },
    // The next job tries again what could not be written.
    failed() {
      give();
      events.ended();
    },
  };
}
