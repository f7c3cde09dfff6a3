import { type PurgeOptions, purgeDeadLetters, type PurgeReport } from '../../consumer/purge.ts';
import { openQueue, sqsClient } from './open-queue.ts';
import { sqsClock } from './sqs-clock.ts';

/** A purge against SQS, with the credentials of the environment. @throws HookportError */
export async function purgeOnAws(
  options: Omit<PurgeOptions, 'deadLetterQueue' | 'clock' | 'log'>,
): Promise<PurgeReport> {
  const client = sqsClient();
  const clock = sqsClock(client);
  const quiet = () => undefined;
  const warn = (message: string) => console.error(message);
  try {
    const deadLetterQueue = await openQueue(client, options.source.deadLetterQueue.name);
    const log = { debug: quiet, info: quiet, warn, error: warn };
    return await purgeDeadLetters({ ...options, deadLetterQueue, clock, log });
  } finally {
    client.destroy();
  }
}
