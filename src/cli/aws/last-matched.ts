import { metricsNamespace } from '../../consumer/lambda/embedded-metrics.ts';
import { metricQuery, readMetricData } from './metric-data.ts';
import type { SecretVersion } from './secret-versions.ts';

/** What the metric calls a version: the label that it had when it matched. */
type Label = SecretVersion['stage'];

/** When each label last matched a delivery of a source, epoch milliseconds: the begin of the hour. */
export type LastMatches = Partial<Record<Label, readonly number[]>>;

const labels: readonly Label[] = ['current', 'previous'];
/** Hours, which CloudWatch keeps for 15 months; a version that matched nothing for a month is not in use. */
const periodSeconds = 3600;
const lookBackMs = 30 * 86_400_000;

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
  const queries = asked.map(({ source, label }, index) => {
    const metric = {
      namespace: metricsNamespace,
      name: 'SecretMatched',
      dimensions: { stack, source, secret: label },
    };
    return metricQuery(`m${index}`, metric, ['Sum', periodSeconds]);
  });
  const range = { from: now - lookBackMs, to: now };
  const points = await readMetricData(queries, range, 'CloudWatch cannot be asked when secrets last matched');
  const found = new Map<string, LastMatches>();
  for (const [index, { source, label }] of asked.entries()) {
    const hours = (points.get(`m${index}`) ?? []).flatMap(({ time, value }) => (value > 0 ? [time.getTime()] : []));
    found.set(source, { ...found.get(source), [label]: hours });
  }
  return found;
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
