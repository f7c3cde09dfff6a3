import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { HookportError } from '../../errors.ts';
import type { Queue } from '../../queue/queue.ts';
import { createSqsQueue } from '../../queue/sqs.ts';
import { saidBy } from './unavailable.ts';

/**
 * A client of the environment's account and region. It asks the endpoint that is configured, also where that names queues
 * by another host: by default the SDK would leave it for the host of the queue's URL, and warn.
 */
export function sqsClient(): SQSClient {
  return new SQSClient({ useQueueUrlAsEndpoint: false });
}

/** The queue of that name in the client's account and region. @throws HookportError `queue_not_found` */
export async function openQueue(client: SQSClient, name: string): Promise<Queue> {
  try {
    const { QueueUrl: queueUrl = '' } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
    return createSqsQueue({ client, queueUrl, name });
  } catch (error) {
    throw new HookportError('queue_not_found', `the queue ${name} cannot be found on AWS: ${saidBy(error)}`);
  }
}
