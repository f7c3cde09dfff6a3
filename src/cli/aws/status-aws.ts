import { type OutcomeKind, outcomeKinds } from '../../delivery/outcome.ts';
import { HookportError } from '../../errors.ts';
import type { Plan, SourcePlan } from '../../plan/plan.ts';
import type { SourceStatus } from '../source-status.ts';
import { depthsOnAws } from './depths.ts';
import { pausedMappings } from './mapping.ts';
import { type Readings, readMetrics } from './read-metrics.ts';

/**
 * How the sources stand on AWS: depths from SQS, pauses from Lambda, the rest from CloudWatch. What cannot be asked for
 * lack of a permission is null, and told once; so is a source that is left out, whose queues are not there.
 *
 * @throws HookportError when SQS cannot be asked about any
 */
export async function statusOnAws(plan: Plan, tell: (problem: string) => void): Promise<SourceStatus[]> {
  const orNull = async <T>(asked: Promise<T>): Promise<T | null> => {
    try {
      return await asked;
    } catch (error) {
      if (!(error instanceof HookportError)) throw error;
      problems.add(error.message);
      return null;
    }
  };
  const problems = new Set<string>();
  const hasFunction = ({ consumer }: SourcePlan) => consumer !== undefined && !consumer.worker;
  const [depths, metrics, mappings] = await Promise.all([
    depthsOnAws(plan.sources, ({ message }) => problems.add(message)),
    orNull(readMetrics(plan)),
    plan.sources.some(hasFunction) ? orNull(pausedMappings()) : null,
  ]);
  for (const problem of problems) tell(problem);
  return plan.sources.flatMap((source) => {
    const queue = depths.get(source.id);
    if (!queue) return [];
    const paused = source.consumer === undefined ? false : (mappings?.get(source.queue.name) ?? null);
    return [statusOf(source, queue, metrics?.get(source.id), paused)];
  });
}

function statusOf(
  { id, provider, consumer }: SourcePlan,
  queue: SourceStatus['queue'],
  readings: Readings | undefined,
  paused: boolean | null,
): SourceStatus {
  const age = readings?.oldestAgeSeconds;
  return {
    id,
    provider,
    consumed: consumer !== undefined,
    ...(consumer?.worker && { worker: true }),
    paused,
    pausedSince: null,
    queue,
    oldest:
      age === undefined || queue.waiting + queue.inFlight === 0
        ? null
        : new Date(Date.now() - age * 1000).toISOString(),
    lastReceivedAt: readings?.lastReceivedAt?.toISOString() ?? null,
    lastHour: readings ? pick(readings.lastHour) : null,
  };
}

function pick(counts: Readonly<Record<string, number>>): Record<OutcomeKind, number> {
  return Object.fromEntries(outcomeKinds.map((kind) => [kind, counts[kind] ?? 0])) as Record<OutcomeKind, number>;
}
