import { CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { awsUnavailable } from './unavailable.ts';

/** A value of a metric and the begin of its period. */
export interface MetricPoint {
  time: Date;
  value: number;
}

/** CloudWatch takes so many in one call. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const queriesPerCall = 500;

/** What to ask for of one metric: a statistic over periods of so many seconds. */
export function metricQuery(
  Id: string,
  metric: { namespace: string; name: string; dimensions: Readonly<Record<string, string>> },
  [Stat, Period]: readonly [statistic: string, periodSeconds: number],
): MetricDataQuery {
  const Dimensions = Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value }));
  return {
    Id,
    MetricStat: { Metric: { Namespace: metric.namespace, MetricName: metric.name, Dimensions }, Stat, Period },
  };
}

/**
 * Asks CloudWatch, with the credentials of the environment.
 *
 * @param range epoch milliseconds
 * @param cannot What to say where it cannot be asked, as a sentence.
 * @returns by the id of the query, latest first; a query without any point may be absent
 * @throws HookportError `aws_unavailable`
 */
export async function readMetricData(
  queries: readonly MetricDataQuery[],
  range: { from: number; to: number },
  cannot: string,
): Promise<Map<string, readonly MetricPoint[]>> {
  const client = new CloudWatchClient({});
  const found = new Map<string, readonly MetricPoint[]>();
  try {
    for (let start = 0; start < queries.length; start += queriesPerCall) {
      let NextToken: string | undefined;
      do {
        const answer = await client.send(
          new GetMetricDataCommand({
            StartTime: new Date(range.from),
            EndTime: new Date(range.to),
            ScanBy: 'TimestampDescending',
            MetricDataQueries: queries.slice(start, start + queriesPerCall),
            NextToken,
          }),
        );
        for (const { Id = '', Timestamps = [], Values = [] } of answer.MetricDataResults ?? []) {
          const points = Timestamps.map((time, index) => ({ time, value: Values[index] ?? 0 }));
          found.set(Id, [...(found.get(Id) ?? []), ...points]);
        }
        // It gives 100,800 points at most in one answer: a day of 350 metrics, which fifty busy sources have.
        ({ NextToken } = answer);
      } while (NextToken !== undefined);
    }
    return found;
  } catch (error) {
    throw awsUnavailable(cannot, error);
  } finally {
    client.destroy();
  }
}
