import type { Steps } from './steps.ts';
import type { StoredQueue } from './store.ts';

/** Background work of the engine: one step per turn, each in a transaction of its own. */
export interface Job {
  step(now: number): JobStep;
  /** A step could not be written; the job ends. */
  failed: (error: unknown) => void;
}

export interface JobStep {
  done: boolean;
  /** Not before this time, epoch milliseconds. @default at once */
  at?: number;
  /** Queues that gained visible messages. */
  filled?: StoredQueue[];
  /** Called when the step is committed; the next sync brings it onto the disk. */
  committed?(): void;
}

export function purgeJob(
  steps: Steps,
  queue: StoredQueue,
  now: number,
  settle: { purged: (count: number) => void; failed: (error: unknown) => void },
): Job {
  const upToRow = steps.lastRow();
  let count = 0;
  return {
    step(at) {
      const deleted = steps.purge(queue, upToRow, now, at);
      return {
        done: deleted === 0,
        committed() {
          count += deleted;
          if (deleted === 0) settle.purged(count);
        },
      };
    },
    failed: settle.failed,
  };
}

export function expiryJob(steps: Steps): Job {
  return {
    step: (now) => ({ done: steps.expire(now) === 0 }),
    // The next sweep tries again.
    failed() {},
  };
}
