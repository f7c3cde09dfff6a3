import type { EmbeddedQueue } from '../../../queue/embedded/embedded-queue.ts';
import { type Action, queueOf } from '../context.ts';
import { SqsFault } from '../fault.ts';
import { textList } from '../input.ts';
import { queueArn } from '../queue-address.ts';

export const getQueueAttributes: Action = async (input, context) => {
  const queue = queueOf(input, context);
  const wanted = textList(input, 'AttributeNames');
  if (wanted.length === 0) return {};
  const unknown = wanted.find((name) => name !== 'All' && !known.has(name));
  if (unknown !== undefined) throw new SqsFault('InvalidAttributeName', `Unknown Attribute ${unknown.slice(0, 100)}.`);
  const all = await attributesOfQueue(queue);
  const given = Object.entries(all).filter(([name]) => wanted.includes('All') || wanted.includes(name));
  return given.length === 0 ? {} : { Attributes: Object.fromEntries(given) };
};

async function attributesOfQueue(queue: EmbeddedQueue): Promise<Record<string, string>> {
  const { settings, createdAt } = queue;
  const { visible, inFlight, delayed } = await queue.depth();
  const createdSeconds = String(Math.floor(createdAt / 1000));
  return {
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    CreatedTimestamp: createdSeconds,
    DelaySeconds: '0',
    LastModifiedTimestamp: createdSeconds,
    MaximumMessageSize: String(settings.maxMessageBytes),
    MessageRetentionPeriod: String(settings.retentionSeconds),
    QueueArn: queueArn(queue.name),
    ReceiveMessageWaitTimeSeconds: String(settings.receiveWaitSeconds),
    VisibilityTimeout: String(settings.visibilityTimeoutSeconds),
    ...(settings.redrive && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: queueArn(settings.redrive.deadLetterQueue),
        maxReceiveCount: settings.redrive.maxReceiveCount,
      }),
    }),
  };
}

/** Every attribute that SQS has; of those that a queue here lacks nothing is returned, as SQS does. */
const known: ReadonlySet<string> = new Set([
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
  'ContentBasedDeduplication',
  'CreatedTimestamp',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'LastModifiedTimestamp',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'Policy',
  'QueueArn',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
]);
