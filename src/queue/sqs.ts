import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSServiceException,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { HookportError } from '../errors.ts';
import type { AttributeChanges, MessageAttribute, MessageAttributes, Queue, ReceivedMessage } from './queue.ts';

export interface SqsQueueOptions {
  client: SQSClient;
  queueUrl: string;
  name: string;
}

/** Codes by which SQS refuses a message for what it is; anything else says that SQS could not be reached or asked. */
const refusalCodes: ReadonlySet<string> = new Set([
  'InvalidAttributeName',
  'InvalidAttributeValue',
  'InvalidMessageContents',
  'InvalidParameterCombination',
  'InvalidParameterValue',
  'MissingParameter',
]);

/** A handle that SQS no longer knows: the message is visible again, or gone. */
const staleHandleCodes: ReadonlySet<string> = new Set(['InvalidParameterValue', 'MessageNotInflight']);

/** An SQS queue behind the Queue port. Requests are tried again as the client is configured. */
export function createSqsQueue({ client, queueUrl: QueueUrl, name }: SqsQueueOptions): Queue {
  const unavailable = (action: string, error: unknown) =>
    new HookportError('queue_unavailable', `${action} failed on queue ${name}: ${codeOf(error) ?? noCodeOf(error)}`, {
      cause: error,
    });

  const queue: Queue = {
    name,
    async send({ body, attributes, delaySeconds }) {
      try {
        const sent = await client.send(
          new SendMessageCommand({
            QueueUrl,
            MessageBody: body,
            MessageAttributes: toSqs(attributes),
            DelaySeconds: delaySeconds,
          }),
        );
        return { ok: true, messageId: sent.MessageId ?? '' };
      } catch (error) {
        const code = codeOf(error);
        if (code !== undefined && refusalCodes.has(code))
          return { ok: false, code, message: error instanceof Error ? error.message : code };
        throw unavailable('SendMessage', error);
      }
    },
    async receive({ maxMessages, waitSeconds, visibilityTimeoutSeconds, signal }) {
      const command = new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: maxMessages,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: visibilityTimeoutSeconds,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      });
      if (signal?.aborted) return [];
      try {
        const { Messages = [] } = await client.send(command, signal && { abortSignal: signal });
        return Messages.map(fromSqs);
      } catch (error) {
        if (signal?.aborted) return [];
        throw unavailable('ReceiveMessage', error);
      }
    },
    async delete(receiptHandle) {
      try {
        await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receiptHandle }));
      } catch (error) {
        if (!isStaleHandle(error)) throw unavailable('DeleteMessage', error);
      }
    },
    async changeVisibility(receiptHandle, seconds) {
      try {
        await client.send(
          new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: seconds }),
        );
        return true;
      } catch (error) {
        if (isStaleHandle(error)) return false;
        throw unavailable('ChangeMessageVisibility', error);
      }
    },
    async moveTo(destination, message, attributes) {
      const sent = await destination.send({
        body: message.body,
        attributes: changed(message.attributes, attributes),
      });
      if (!sent.ok)
        throw new HookportError('queue_unavailable', `queue ${destination.name} refused a message: ${sent.code}`);
      await queue.delete(message.receiptHandle);
    },
    async depth() {
      try {
        const { Attributes = {} } = await client.send(
          new GetQueueAttributesCommand({
            QueueUrl,
            AttributeNames: [
              'ApproximateNumberOfMessages',
              'ApproximateNumberOfMessagesNotVisible',
              'ApproximateNumberOfMessagesDelayed',
            ],
          }),
        );
        return {
          visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
          inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
          delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
        };
      } catch (error) {
        throw unavailable('GetQueueAttributes', error);
      }
    },
  };
  return queue;
}

/**
 * SQS's error code as its query protocol has it, which SQS still sends along, without the namespace. Undefined when SQS
 * did not answer.
 */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof SQSServiceException)) return undefined;
  const code = 'Code' in error && typeof error.Code === 'string' ? error.Code : error.name;
  return code.replace(/^AWS\.SimpleQueueService\./, '');
}

/** Without credentials SQS is not even asked: what is missing, only the SDK's own words say. */
function noCodeOf(error: unknown): string {
  return error instanceof Error && error.name === 'CredentialsProviderError' ? error.message : 'no answer';
}

function isStaleHandle(error: unknown): boolean {
  return staleHandleCodes.has(codeOf(error) ?? '');
}

function changed(attributes: MessageAttributes, changes: AttributeChanges): MessageAttributes {
  const entries = Object.entries({ ...attributes, ...changes });
  return Object.fromEntries(entries.filter((entry): entry is [string, MessageAttribute] => entry[1] !== null));
}

function toSqs(attributes: MessageAttributes): Record<string, MessageAttributeValue> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { dataType, stringValue, binaryValue }]) => [
      name,
      {
        DataType: dataType,
        StringValue: stringValue,
        BinaryValue: binaryValue === undefined ? undefined : Buffer.from(binaryValue, 'base64'),
      },
    ]),
  );
}

function fromSqs(message: Message): ReceivedMessage {
  const system = message.Attributes ?? {};
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, attributeFromSqs(value)]),
    ),
    sentAt: Number(system.SentTimestamp ?? 0),
    firstReceivedAt: Number(system.ApproximateFirstReceiveTimestamp ?? 0),
    receiveCount: Number(system.ApproximateReceiveCount ?? 1),
  };
}

function attributeFromSqs({ DataType, StringValue, BinaryValue }: MessageAttributeValue): MessageAttribute {
  return {
    dataType: DataType ?? '',
    ...(StringValue !== undefined && { stringValue: StringValue }),
    ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
  };
}
