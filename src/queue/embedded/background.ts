import type { Job } from './jobs.ts';
import type { Receivers } from './receivers.ts';
import type { Store } from './store.ts';

/** The engine's jobs, of which one makes one step in a turn. */
export interface Background {
  add(job: Job): void;
  /** @param traffic this turn also served clients: steps then leave most of the time to them */
  step(now: number, traffic: boolean): void;
  /** When the next step may be made, epoch milliseconds. */
  nextAt(now: number): number;
}

/** Beside traffic, jobs get one part of the time and leave this many to the traffic. */
const restParts = 3;

/** Traffic is what was there so shortly ago: between two turns its senders need time to come again. */
const trafficMs = 20;

export function createBackground(store: Store, receivers: Pick<Receivers, 'expect'>): Background {
  let waiting: { job: Job; at: number }[] = [];
  // Both by the process's own clock: they measure work, not time of day.
  let restUntil = 0;
  let trafficUntil = 0;
  const restMs = () => Math.min(restUntil, trafficUntil) - performance.now();

  return {
    add: (job) => void waiting.push({ job, at: 0 }),
    step(now, traffic) {
      const began = performance.now();
      if (traffic) trafficUntil = began + trafficMs;
      if (restMs() > 0) return;
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
    nextAt: (now) => waiting.reduce((earliest, { at }) => Math.min(earliest, Math.max(at, now + restMs())), Infinity),
  };
}
