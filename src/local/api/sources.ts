import { type OutcomeKind, outcomeKinds } from '../../delivery/outcome.ts';
import type { ApiContext } from './context.ts';

/** One source as `GET /api/sources` tells it. */
export interface SourceState {
  id: string;
  provider: string;
  /** What to paste at the provider, behind whatever tunnel leads here. */
  url: string;
  queue: { waiting: number; inFlight: number; deadLettered: number };
  /** Deliveries by their last outcome, as long as the journal keeps them. */
  outcomes: Record<OutcomeKind, number>;
}

export async function listSources({ plan, queues, journal, gatewayUrl }: ApiContext): Promise<SourceState[]> {
  const counts = await journal.counts();
  return Promise.all(
    plan.sources.map(async ({ id, provider, route, queue, deadLetterQueue }) => {
      const [depth, dead] = await Promise.all([
        queues.queue(queue.name).depth(),
        queues.queue(deadLetterQueue.name).depth(),
      ]);
      const outcomes = Object.fromEntries(outcomeKinds.map((kind) => [kind, counts[id]?.[kind] ?? 0]));
      return {
        id,
        provider,
        url: `${gatewayUrl}${route.path}`,
        queue: {
          waiting: depth.visible + depth.delayed,
          inFlight: depth.inFlight,
          deadLettered: dead.visible + dead.inFlight + dead.delayed,
        },
        outcomes: outcomes as Record<OutcomeKind, number>,
      };
    }),
  );
}
