import { CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { metricsNamespace } from '../../consumer/lambda/embedded-metrics.ts';
import { HookportError } from '../../errors.ts';
import type { SecretVersion } from './secret-versions.ts';

/** What the metric calls a version: the label that it had when it matched. */
type Label = SecretVersion['stage'];

/** When each label last matched a delivery of a source, epoch milliseconds: the begin of the hour. */
export type LastMatches = Partial<Record<Label, readonly number[]>>;

const labels: readonly Label[] = ['current', 'previous'];
/** Hours, which CloudWatch keeps for 15 months; a version that matched nothing for a month is not in use. */
const periodSeconds = 3600;
const lookBackMs = 30 * 86_400_000;
/** CloudWatch's limit of queries in one request. */
const maxQueries = 500;

/**
 * In which hours of the last 30 days each label of the sources' secrets matched, latest first, from the metric
 * `SecretMatched`. The labels move with a rotation; {@link lastMatchedAt} tells the versions apart.
 *
 * @throws HookportError `aws_unavailable`
 */
export async function lastMatches(
  stack: string,
  sources: readonly string[],
  now: number,
): Promise<Map<string, LastMatches>> {
  const asked = sources.flatMap((source) => labels.map((label) => ({ source, label })));
  const queries = asked.map(({ source, label }, index) => toQuery(`m${index}`, { stack, source, secret: label }));
  const client = new CloudWatchClient({});
  const found = new Map<string, LastMatches>();
  try {
    for (let start = 0; start < queries.length; start += maxQueries) {
      let NextToken: string | undefined;
      do {
        const answer = await client.send(
          new GetMetricDataCommand({
            MetricDataQueries: queries.slice(start, start + maxQueries),
            StartTime: new Date(now - lookBackMs),
            EndTime: new Date(now),
            ScanBy: 'TimestampDescending',
            NextToken,
          }),
        );
        for (const { Id = '', Timestamps = [], Values = [] } of answer.MetricDataResults ?? []) {
          const query = asked[Number(Id.slice(1))];
          if (!query) continue;
          const known = found.get(query.source) ?? {};
          const hours = Timestamps.flatMap((hour, index) => ((Values[index] ?? 0) > 0 ? [hour.getTime()] : []));
          found.set(query.source, { ...known, [query.label]: [...(known[query.label] ?? []), ...hours] });
        }
        ({ NextToken } = answer);
      } while (NextToken !== undefined);
    }
    return found;
  } catch (error) {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new HookportError('aws_unavailable', `CloudWatch cannot be asked when secrets last matched: ${what}`, {
      cause: error,
    });
  } finally {
    client.destroy();
  }
}

/**
 * When a version last matched, of which only the hour is known. What is the previous version now was the current one until
 * the rotation, and counted under that label.
 *
 * @returns epoch milliseconds of the hour's begin; null for one that matched nothing in the last 30 days
 */
export function lastMatchedAt(stage: Label, rotatedAt: number, matches: LastMatches): number | null {
  const isAfter = (hour: number) => hour + periodSeconds * 1000 > rotatedAt;
  const { current = [], previous = [] } = matches;
  if (stage === 'current') return current.find(isAfter) ?? null;
  return previous.find(isAfter) ?? current.find((hour) => hour < rotatedAt) ?? null;
}

function toQuery(Id: string, dimensions: Record<string, string>): MetricDataQuery {
  return {
    Id,
    MetricStat: {
      Metric: {
        Namespace: metricsNamespace,
        MetricName: 'SecretMatched',
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: periodSeconds,
      Stat: 'Sum',
    },
  };
}
