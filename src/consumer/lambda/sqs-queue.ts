import { SQSClient } from '@aws-sdk/client-sqs';
import { fewAtOnce } from '../../aws-few-at-once.ts';
import { awsTimeouts } from '../../aws-timeouts.ts';
import type { Queue } from '../../queue/queue.ts';
import { createSqsQueue } from '../../queue/sqs.ts';

let client: SQSClient | undefined;

/** An SQS queue behind the one client of this function. */
export function openSqsQueue(name: string, queueUrl: string): Queue {
  client ??= fewAtOnce(new SQSClient({ maxAttempts: 4, requestHandler: awsTimeouts(3000) }));
  return createSqsQueue({ client, name, queueUrl });
}
