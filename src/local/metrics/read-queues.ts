import type { Clock } from '../../clock.ts';
import type { Plan } from '../../plan/plan.ts';
import type { EmbeddedQueues } from '../../queue/embedded/embedded-queue.ts';
import { oldestOf, readDepths } from '../api/sources.ts';
import type { QueueReading } from './exposition.ts';

/** How the queues of every source stand. */
export function readQueues(from: {
  plan: Plan;
  queues: EmbeddedQueues;
  clock: Clock;
  pausedSince: (source: string) => number | undefined;
}): Promise<QueueReading[]> {
  return Promise.all(
    from.plan.sources.map(async (source) => {
      const [depth, oldest] = await Promise.all([readDepths(from, source), oldestOf(from, source)]);
      return {
        source: source.id,
        ...depth,
        oldestAgeSeconds: oldest === undefined ? 0 : Math.max(0, from.clock() - oldest) / 1000,
        paused: from.pausedSince(source.id) !== undefined,
      };
    }),
  );
}
