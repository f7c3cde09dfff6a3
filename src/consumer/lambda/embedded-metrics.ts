import type { DeliveryRecord } from '../../delivery/record.ts';
import type { OutcomeKind } from '../../delivery/outcome.ts';

/** CloudWatch's namespace of Hookport's metrics. */
export const metricsNamespace = 'Hookport';

/** Metrics that count deliveries by outcome, each with the dimensions `stack` and `source`. */
export const outcomeMetrics = {
  handled: 'Handled',
  ignored: 'Ignored',
  duplicate: 'Duplicate',
  rejected: 'Rejected',
  failed: 'Failed',
} as const satisfies Record<OutcomeKind, string>;

/** CloudWatch takes so many values of one metric in a line. */
const maxValues = 100;

/**
 * The records of one invocation as lines in CloudWatch's embedded metric format: outcomes, time in the queue and time
 * of handling by source; rejected and failed ones by reason; which version of the secret matched.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(
  records: readonly DeliveryRecord[],
  { stack, source, now }: { stack: string; source: string; now: number },
): string[] {
  const line = (dimensions: Record<string, string>, values: Record<string, number | number[]>) =>
    JSON.stringify({
      _aws: {
        Timestamp: now,
        CloudWatchMetrics: [
          {
            Namespace: metricsNamespace,
            Dimensions: [Object.keys(dimensions)],
            Metrics: Object.entries(values).map(([Name, value]) => ({
              Name,
              Unit: Array.isArray(value) ? 'Milliseconds' : 'Count',
            })),
          },
        ],
      },
      ...dimensions,
      ...values,
    });

  const lines: string[] = [];
  for (let start = 0; start < records.length; start += maxValues) {
    const part = records.slice(start, start + maxValues);
    lines.push(line({ stack, source }, { ...sums(part), ...durations(part) }));
    for (const [reason, count] of tally(part, ({ outcome }) => ('reason' in outcome ? outcome.reason : undefined)))
      lines.push(line({ stack, source, reason }, { Refused: count }));
    for (const [secret, count] of tally(part, ({ secretVersion }) => secretVersion))
      lines.push(line({ stack, source, secret }, { SecretMatched: count }));
  }
  return lines;
}

function sums(records: readonly DeliveryRecord[]): Record<string, number> {
  const counted = tally(records, ({ outcome }) => outcomeMetrics[outcome.kind]);
  const deadLettered = records.filter((record) => record.deadLettered).length;
  const givenUp = records.filter((record) => record.givenUp === true).length;
  const replays = records.filter((record) => record.suspectedReplay === true).length;
  return {
    ...Object.fromEntries(counted),
    ...(deadLettered > 0 && { DeadLettered: deadLettered }),
    // Failed at every attempt, unlike what was rejected at its first.
    ...(givenUp > 0 && { GivenUp: givenUp }),
    ...(replays > 0 && { SuspectedReplay: replays }),
  };
}

function durations(records: readonly DeliveryRecord[]): Record<string, number[]> {
  // Later attempts waited on purpose.
  const first = records.filter(({ attempt }) => attempt === 1);
  const waited = first.map(({ finishedAt, durationMs, receivedAt }) =>
    Math.max(0, finishedAt - durationMs - receivedAt),
  );
  return {
    HandlingTime: records.map(({ durationMs }) => durationMs),
    ...(waited.length > 0 && { QueueLatency: waited }),
  };
}

function tally(
  records: readonly DeliveryRecord[],
  keyOf: (record: DeliveryRecord) => string | undefined,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const record of records) {
    const key = keyOf(record);
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
