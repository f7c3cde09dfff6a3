import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { metricsNamespace, outcomeMetrics } from '../../consumer/lambda/embedded-metrics.ts';
import type { Plan, SourcePlan } from '../../plan/plan.ts';
import { type MetricPoint, metricQuery, readMetricData } from './metric-data.ts';

/** What CloudWatch knows of one source. */
export interface Readings {
  /** Attempts by outcome over the last hour. */
  lastHour: Readonly<Record<string, number>>;
  /** Of the oldest message in its queue, as SQS reported last. */
  oldestAgeSeconds: number | undefined;
  /** To five minutes, within the last day. */
  lastReceivedAt: Date | undefined;
}

const hourMs = 3_600_000;

/** Asks CloudWatch for every source. @throws HookportError `aws_unavailable` */
export async function readMetrics(plan: Plan): Promise<Map<string, Readings>> {
  const now = Date.now();
  const queries = plan.sources.flatMap((source, index) => queriesOf(plan.name, source, `s${index}`));
  const found = await readMetricData(queries, { from: now - 24 * hourMs, to: now }, 'CloudWatch cannot be asked');
  return new Map(plan.sources.map(({ id }, index) => [id, readingsOf(found, `s${index}`, now)]));
}

function queriesOf(stack: string, { id, queue, consumer }: SourcePlan, prefix: string): MetricDataQuery[] {
  const ofQueue = (name: string, metric: string, statistic: string) => {
    const dimensions = { QueueName: queue.name };
    return metricQuery(`${prefix}_${name}`, { namespace: 'AWS/SQS', name: metric, dimensions }, [statistic, 300]);
  };
  const outcomes = consumer ? Object.entries(outcomeMetrics) : [];
  return [
    ofQueue('age', 'ApproximateAgeOfOldestMessage', 'Maximum'),
    ofQueue('sent', 'NumberOfMessagesSent', 'Sum'),
    ...outcomes.map(([kind, name]) => {
      const dimensions = { stack, source: id };
      return metricQuery(`${prefix}_${kind}`, { namespace: metricsNamespace, name, dimensions }, ['Sum', 300]);
    }),
  ];
}

function readingsOf(found: ReadonlyMap<string, readonly MetricPoint[]>, prefix: string, now: number): Readings {
  const points = (name: string) => found.get(`${prefix}_${name}`) ?? [];
  const lastHour = Object.keys(outcomeMetrics).map((kind) => {
    const recent = points(kind).filter(({ time }) => time.getTime() > now - hourMs);
    return [kind, recent.reduce((sum, { value }) => sum + value, 0)];
  });
  const age = points('age').find(({ time }) => time.getTime() > now - hourMs / 4);
  return {
    lastHour: Object.fromEntries(lastHour) as Record<string, number>,
    oldestAgeSeconds: age?.value,
    lastReceivedAt: points('sent').find(({ value }) => value > 0)?.time,
  };
}
