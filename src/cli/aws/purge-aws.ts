import { type PurgeOptions, purgeDeadLetters, type PurgeReport } from '../../consumer/purge.ts';
import { openQueue, sqsClient } from './open-queue.ts';
import { sqsClock } from './sqs-clock.ts';
import { warningsOnly } from '../warnings-only.ts';

/** A purge against SQS, with the credentials of the environment. @throws HookportError */
export async function purgeOnAws(
  options: Omit<PurgeOptions, 'deadLetterQueue' | 'clock' | 'log'>,
): Promise<PurgeReport> {
  const client = sqsClient();
  const clock = sqsClock(client);
  try {
    const deadLetterQueue = await openQueue(client, options.source.deadLetterQueue.name);
    return await purgeDeadLetters({ ...options, deadLetterQueue, clock, log: warningsOnly });
  } finally {
    client.destroy();
  }
}
