import type { Job } from './jobs.ts';
import type { Receivers } from './receivers.ts';
import type { Store } from './store.ts';

/** The engine's jobs, of which one makes one step in each turn. */
export interface Background {
  add(job: Job): void;
  step(now: number): void;
  /** When the next step may be made, epoch milliseconds. */
  nextAt(): number;
}

export function createBackground(store: Store, receivers: Pick<Receivers, 'expect'>): Background {
  let waiting: { job: Job; at: number }[] = [];

  return {
    add: (job) => void waiting.push({ job, at: 0 }),
    step(now) {
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
    },
    nextAt: () => waiting.reduce((earliest, { at }) => Math.min(earliest, at), Infinity),
  };
}
