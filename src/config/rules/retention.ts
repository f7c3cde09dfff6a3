import { longestRetriesSeconds } from '../../consumer/backoff.ts';
import { formatDuration } from '../units.ts';
import type { Finding } from '../issue.ts';
import { eachSource, placeOf } from './rule.ts';

/** SQS's MessageRetentionPeriod. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const shortest = 60;
const longest = 14 * 86_400;

/**
 * Retention within SQS's bounds, and the dead-letter queue's above the queue's: SQS counts a dead letter's age from when
 * the message was first sent, so an equal retention would delete it the moment it arrives. And the queue's above what all
 * attempts take, for the same reason.
 */
export const retention = eachSource((source, { raw }) => {
  const findings: Finding[] = [];
  const { id, queueRetentionSeconds: queue, deadLetterRetentionSeconds: deadLetter } = source;
  for (const [seconds, key] of [
    [queue, 'queue'],
    [deadLetter, 'deadLetter'],
  ] as const)
    if (seconds < shortest || seconds > longest)
      findings.push({
        path: placeOf(raw, id, [key, 'retention']),
        message: `retention must lie between 60s and 14d, not ${formatDuration(seconds)}`,
      });
  if (deadLetter <= queue && queue <= longest)
    findings.push({
      path: placeOf(raw, id, ['deadLetter', 'retention'], ['queue', 'retention']),
      message: `the dead-letter queue of "${id}" keeps ${formatDuration(deadLetter)}, which must be longer than the queue’s ${formatDuration(queue)}: SQS counts from the first arrival${deadLetter >= longest ? '; 14d is the most, so lower `queue.retention`' : ''}`,
    });
  if (source.handler === undefined && !source.forward) return findings;
  const perAttempt = source.timeoutSeconds + (source.forward?.http?.timeoutSeconds ?? 0);
  const retries = longestRetriesSeconds(source.maxReceiveCount) + source.maxReceiveCount * perAttempt;
  // A single attempt that fails is put aside at once.
  if (source.maxReceiveCount > 1 && retries > queue)
    findings.push({
      path: placeOf(raw, id, ['queue', 'retention'], ['queue', 'maxReceiveCount']),
      message: `${source.maxReceiveCount} attempts of a delivery that fails may take ${formatDuration(Math.ceil(retries / 60) * 60)}, and the queue of "${id}" keeps it for ${formatDuration(queue)}: it would be deleted before it comes into the dead-letter queue; raise retention, or lower maxReceiveCount`,
    });
  return findings;
});
