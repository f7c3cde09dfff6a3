import { CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { metricsNamespace, outcomeMetrics } from '../../consumer/lambda/embedded-metrics.ts';
import { HookportError } from '../../errors.ts';
import type { Plan, SourcePlan } from '../../plan/plan.ts';

/** What CloudWatch knows of one source. */
export interface Readings {
  /** Attempts by outcome over the last hour. */
  lastHour: Readonly<Record<string, number>>;
  /** Of the oldest message in its queue, as SQS reported last. */
  oldestAgeSeconds: number | undefined;
  /** To five minutes, within the last day. */
  lastReceivedAt: Date | undefined;
}

/** CloudWatch takes so many in one call. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const queriesPerCall = 500;
const hourMs = 3_600_000;

/** Asks CloudWatch for every source. @throws HookportError `aws_unavailable` */
export async function readMetrics(plan: Plan): Promise<Map<string, Readings>> {
  const now = Date.now();
  const queries = plan.sources.flatMap((source, index) => queriesOf(plan.name, source, `s${index}`));
  const client = new CloudWatchClient({});
  const found = new Map<string, { times: Date[]; values: number[] }>();
  try {
    for (let start = 0; start < queries.length; start += queriesPerCall) {
      let NextToken: string | undefined;
      do {
        const answer = await client.send(
          new GetMetricDataCommand({
            StartTime: new Date(now - 24 * hourMs),
            EndTime: new Date(now),
            ScanBy: 'TimestampDescending',
            MetricDataQueries: queries.slice(start, start + queriesPerCall),
            NextToken,
          }),
        );
        for (const { Id = '', Timestamps = [], Values = [] } of answer.MetricDataResults ?? []) {
          const { times, values } = found.get(Id) ?? { times: [], values: [] };
          found.set(Id, { times: [...times, ...Timestamps], values: [...values, ...Values] });
        }
        // It gives 100,800 points at most in one answer: a day of 350 metrics, which fifty busy sources have.
        ({ NextToken } = answer);
      } while (NextToken !== undefined);
    }
  } catch (error) {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new HookportError('aws_unavailable', `CloudWatch cannot be asked: ${what}`, { cause: error });
  } finally {
    client.destroy();
  }
  return new Map(plan.sources.map(({ id }, index) => [id, readingsOf(found, `s${index}`, now)]));
}

function queriesOf(stack: string, { id, queue, consumer }: SourcePlan, prefix: string): MetricDataQuery[] {
  const query = (
    name: string,
    Namespace: string,
    MetricName: string,
    dimensions: Record<string, string>,
    [Stat, Period]: [string, number],
  ) => ({
    Id: `${prefix}_${name}`,
    MetricStat: {
      Metric: {
        Namespace,
        MetricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Stat,
      Period,
    },
  });
  const outcomes = consumer ? Object.entries(outcomeMetrics) : [];
  return [
    query('age', 'AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName: queue.name }, ['Maximum', 300]),
    query('sent', 'AWS/SQS', 'NumberOfMessagesSent', { QueueName: queue.name }, ['Sum', 300]),
    ...outcomes.map(([kind, metric]) => query(kind, metricsNamespace, metric, { stack, source: id }, ['Sum', 300])),
  ];
}

function readingsOf(
  found: ReadonlyMap<string, { times: readonly Date[]; values: readonly number[] }>,
  prefix: string,
  now: number,
): Readings {
  const points = (name: string) => {
    const { times, values } = found.get(`${prefix}_${name}`) ?? { times: [], values: [] };
    return times.map((time, index) => ({ time, value: values[index] ?? 0 }));
  };
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
