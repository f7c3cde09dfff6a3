import { SQSClient } from '@aws-sdk/client-sqs';
import type { Queue } from '../../queue/queue.ts';
import { createSqsQueue } from '../../queue/sqs.ts';

let client: SQSClient | undefined;

/** An SQS queue behind the one client of this function. */
export function openSqsQueue(name: string, queueUrl: string): Queue {
  client ??= new SQSClient({ maxAttempts: 4, requestHandler: { connectionTimeout: 1000, requestTimeout: 3000 } });
  return createSqsQueue({ client, name, queueUrl });
}
