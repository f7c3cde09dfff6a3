import { systemClock } from '../../clock.ts';
import { type PurgeOptions, purgeDeadLetters, type PurgeReport } from '../../consumer/purge.ts';
import { openQueue, sqsClient } from './open-queue.ts';

/** A purge against SQS, with the credentials of the environment. @throws HookportError */
export async function purgeOnAws(
  options: Omit<PurgeOptions, 'deadLetterQueue' | 'clock' | 'log'>,
): Promise<PurgeReport> {
  const client = sqsClient();
  const quiet = () => undefined;
  const warn = (message: string) => console.error(message);
  try {
    const deadLetterQueue = await openQueue(client, options.source.deadLetterQueue.name);
    const log = { debug: quiet, info: quiet, warn, error: warn };
    return await purgeDeadLetters({ ...options, deadLetterQueue, clock: systemClock, log });
  } finally {
    client.destroy();
  }
}
