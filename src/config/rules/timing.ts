import type { Finding } from '../issue.ts';
import { formatDuration } from '../units.ts';
import { eachSource, placeOf } from './rule.ts';

const lambdaSeconds = 900;

/** Timeouts and batches that Lambda and SQS take. */
export const timing = eachSource((source, { raw, provider }) => {
  const findings: Finding[] = [];
  const { id, timeoutSeconds, batch } = source;
  const find = (keys: string[], message: string) => findings.push({ path: placeOf(raw, id, ...keys), message });
  if (timeoutSeconds < 1 || timeoutSeconds > lambdaSeconds)
    find(['timeout'], `timeout must lie between 1s and 15m, not ${formatDuration(timeoutSeconds)}`);
  else if (batch.size <= lambdaSeconds && batch.size * timeoutSeconds > lambdaSeconds)
    find(
      batch.size > 1 ? ['batch', 'size'] : ['timeout'],
      `a batch of ${batch.size} with a timeout of ${formatDuration(timeoutSeconds)} each may take longer than Lambda’s 15m; lower one`,
    );
  if (batch.windowSeconds > 300)
    find(['batch', 'window'], `window must be 5m at most, not ${formatDuration(batch.windowSeconds)}`);
  if (batch.size > 10 && batch.windowSeconds === 0)
    find(['batch', 'size'], 'a batch of more than 10 needs a `window` of at least 1s: SQS gives 10 at once');
  if (
    source.expectEverySeconds !== undefined &&
    (source.expectEverySeconds < 300 || source.expectEverySeconds > 7 * 86_400)
  )
    find(['expectEvery'], `expectEvery must lie between 5m and 7d, not ${formatDuration(source.expectEverySeconds)}`);
  const { deduplicate } = source;
  const horizon = provider?.retry.horizonSeconds ?? 0;
  if (typeof deduplicate === 'number' && deduplicate < horizon)
    find(
      ['deduplicate'],
      `${formatDuration(deduplicate)} is shorter than ${provider?.name ?? 'the provider'} sends again for, ${formatDuration(horizon)}; a late redelivery would be handled twice`,
    );
  const { memoryMiB } = source.function;
  if (memoryMiB < 128 || memoryMiB > 10_240 || !Number.isInteger(memoryMiB))
    find(['function', 'memory'], 'memory must be whole MiB between 128MiB and 10GiB');
  return findings;
});
