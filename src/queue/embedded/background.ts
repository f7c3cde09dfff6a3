import type { Job } from './jobs.ts';
import type { Receivers } from './receivers.ts';
import type { Store } from './store.ts';

/** The engine's jobs, of which one makes one step in a turn. */
export interface Background {
  add(job: Job): void;
  /** @param busy messages come and go beside it: a step is then made in some turns only */
  step(now: number, busy: boolean): void;
  /** When the next step may be made, epoch milliseconds. */
  nextAt(): number;
}

/** Beside traffic, jobs get one part of the time and leave this many to the traffic. */
const restParts = 3;

export function createBackground(store: Store, receivers: Pick<Receivers, 'expect'>): Background {
  let waiting: { job: Job; at: number }[] = [];
  let restUntil = 0;

  return {
    add: (job) => void waiting.push({ job, at: 0 }),
    step(now, busy) {
      const began = performance.now();
      if (busy && began < restUntil) return;
      const next = waiting.find(({ at }) => at <= now);
      if (!next) return;
      waiting = waiting.filter((one) => one !== next);
      try {
        const step = store.transaction(() => next.job.step(now));
        step.committed?.();
        for (const queue of step.filled ?? []) receivers.expect(queue, now);
        // To the end of the line, so that jobs take turns.
        if (!step.done) waiting.push({ job: next.job, at: step.at ?? 0 });
      } catch (error) {
        next.job.failed(error);
      }
      const ended = performance.now();
      restUntil = ended + (ended - began) * restParts;
    },
    nextAt: () => waiting.reduce((earliest, { at }) => Math.min(earliest, at), Infinity),
  };
}
