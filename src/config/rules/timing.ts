import type { Finding } from '../issue.ts';
import { formatDuration } from '../units.ts';
import { eachSource, placeOf } from './rule.ts';

/** Lambda's 15 minutes, less what reading the secret and settling the batch may take. */
const longestRunSeconds = 900 - 15;

/** SQS keeps a message from others for 12 hours at most, and half of that is left for one that waits in hand. */
const longestWorkerRunSeconds = 6 * 3600;

/** A receiver that keeps a delivery and answers needs no longer. */
const longestForwardSeconds = 300;

/** Timeouts and batches that Lambda and SQS take. */
export const timing = eachSource((source, { raw }) => {
  const findings: Finding[] = [];
  const { id, timeoutSeconds, batch, forward, worker } = source;
  const longestSeconds = worker ? longestWorkerRunSeconds : longestRunSeconds;
  const forwardSeconds = forward?.http?.timeoutSeconds ?? 0;
  const bothSeconds = timeoutSeconds + forwardSeconds;
  const find = (keys: string[], message: string) => findings.push({ path: placeOf(raw, id, keys), message });
  const longest = formatDuration(longestSeconds);
  if (timeoutSeconds < 1 || timeoutSeconds > longestSeconds)
    find(
      ['timeout'],
      `timeout must lie between 1s and ${longest}, not ${formatDuration(timeoutSeconds)}${worker || timeoutSeconds < 1 ? '' : '; `consumer: worker` takes up to 6h'}`,
    );
  else if (forward?.http && (forwardSeconds < 1 || forwardSeconds > longestForwardSeconds))
    find(
      ['forward', 'http', 'timeout'],
      `timeout must lie between 1s and ${formatDuration(longestForwardSeconds)}, not ${formatDuration(forwardSeconds)}`,
    );
  else if (batch.size * bothSeconds > longestSeconds)
    find(
      batch.size > 1 || !forward?.http ? ['batch', 'size'] : ['forward', 'http'],
      `a batch of ${batch.size} with a timeout of ${formatDuration(bothSeconds)} each${forward?.http ? ' (handler and forward)' : ''} may take longer than ${longest}, which is ${worker ? 'as long as SQS waits for a worker' : 'what Lambda leaves for it'}; lower one`,
    );
  if (batch.windowSeconds > 300)
    find(['batch', 'window'], `window must be 5m at most, not ${formatDuration(batch.windowSeconds)}`);
  if (batch.size > 10 && batch.windowSeconds === 0)
    find(['batch', 'size'], 'a batch of more than 10 needs a `window` of at least 1s: SQS gives 10 at once');
  return findings;
});
