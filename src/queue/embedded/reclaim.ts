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
  let emptying = false;
  let restUntil = 0;
  let unused: number[] = [];

  function look(): void {
    if (looking || performance.now() < restUntil) return;
    // The last is still written.
    const complete = segments().filter((segment) => segment < current);
    if (complete.length === 0) return;
    looking = true;
    const job = lookJob(space, complete, {
      unused: give,
      lookedAtAll(few, tookMs) {
        restUntil = performance.now() + tookMs * restParts;
        if (few.length > 0) empty(few);
      },
      ended: () => (looking = false),
    });
    add(job);
  }

  /** Beside looks: it takes long under load, and what nobody needs any more meanwhile is not to wait for it. */
  function empty(few: readonly number[]): void {
    if (emptying) return;
    emptying = true;
    add(emptyJob(space, few, { unused: give, ended: () => (emptying = false) }));
  }

  function give(found: readonly number[]): void {
    if (found.length === 0) return;
    unused.push(...found);
    sync();
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
  unused: (segments: readonly number[]) => void;
  ended: () => void;
}

interface LookEvents extends ReclaimEvents {
  /** @param few in which few messages stand */
  lookedAtAll: (few: readonly number[], tookMs: number) => void;
}

/** Finds segments that nobody needs, for which a full disk has room enough, and those that few need. */
function lookJob(space: LogSpace, segments: readonly number[], events: LookEvents): Job {
  const toLookAt = [...segments];
  const unneeded: number[] = [];
  const few: number[] = [];
  let tookMs = 0;
  return {
    step() {
      const segment = toLookAt.shift();
      const began = performance.now();
      const used = segment === undefined ? 0 : space.used(segment);
      tookMs += performance.now() - began;
      const done = toLookAt.length === 0;
      return {
        done,
        committed() {
          if (segment === undefined) return;
          if (used === 0) unneeded.push(segment);
          else if (used <= segmentBytes * partWorthKeeping) few.push(segment);
          if (!done) return;
          events.ended();
          events.unused(unneeded);
          events.lookedAtAll(few, tookMs);
        },
      };
    },
    // The next look finds them again.
    failed() {
      events.ended();
      events.unused(unneeded);
    },
  };
}

/** Brings what few need into the database; of those, the ones that the disk lost still need their segment. */
function emptyJob(space: LogSpace, segments: readonly number[], events: ReclaimEvents): Job {
  const toEmpty = segments.map((segment) => ({ segment, from: startOfSegment(segment) }));
  return {
    step() {
      const [few] = toEmpty;
      const next = few && space.bringInSome(few.segment, few.from);
      const isUnneeded = few !== undefined && next === undefined && space.used(few.segment) === 0;
      if (few && next !== undefined) few.from = next;
      else toEmpty.shift();
      const done = toEmpty.length === 0;
      return {
        done,
        committed() {
          if (isUnneeded) events.unused([few.segment]);
          if (done) events.ended();
        },
      };
    },
    // The next look begins it again.
    failed: () => events.ended(),
  };
}
