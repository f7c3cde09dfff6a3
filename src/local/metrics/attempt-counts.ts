import { type Buckets, createBuckets } from '../buckets.ts';
import type { AttemptLine } from '../consumer-protocol.ts';

/** What the attempts at a source's deliveries came to since the start. */
export interface SourceAttempts {
  /** By outcome, then by reason; the reason of an outcome that has none is the empty text. */
  outcomes: Record<string, Record<string, number>>;
  deadLettered: number;
  duration: Buckets;
  /** From arrival to the begin of the first attempt. */
  wait: Buckets;
}

export interface AttemptCounts {
  add(attempts: readonly AttemptLine[]): void;
  readonly sources: ReadonlyMap<string, SourceAttempts>;
}

const durationBounds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const waitBounds = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400];

/** @param sources Ids; an attempt at any other is not counted, so that what comes from outside cannot make series. */
export function createAttemptCounts(sources: readonly string[]): AttemptCounts {
  const counts = new Map(
    sources.map((id) => [
      id,
      { outcomes: {}, deadLettered: 0, duration: createBuckets(durationBounds), wait: createBuckets(waitBounds) },
    ]),
  ) as Map<string, SourceAttempts>;
  const add = (attempt: AttemptLine) => {
    const of = counts.get(attempt.source);
    if (!of) return;
    const { outcome, durationMs, finishedAt, receivedAt } = attempt;
    const reasons = (of.outcomes[outcome.kind] ??= {});
    const reason = 'reason' in outcome ? outcome.reason : '';
    reasons[reason] = (reasons[reason] ?? 0) + 1;
    if (attempt.deadLettered) of.deadLettered += 1;
    of.duration.observe(durationMs / 1000);
    // Later attempts waited on purpose.
    if (attempt.attempt === 1) of.wait.observe(Math.max(0, finishedAt - durationMs - receivedAt) / 1000);
  };
  return {
    sources: counts,
    add(attempts) {
      for (const each of attempts) add(each);
    },
  };
}
