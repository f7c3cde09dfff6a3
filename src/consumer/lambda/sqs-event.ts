import type { SQSRecord } from 'aws-lambda';
import type { ReceivedMessage } from '../../queue/queue.ts';

/** A record of Lambda's SQS event as the Queue port has it; its message attributes are in the form of the port already. */
export function toReceivedMessage(record: SQSRecord): ReceivedMessage {
  const { attributes } = record;
  return {
    messageId: record.messageId,
    receiptHandle: record.receiptHandle,
    body: record.body,
    attributes: record.messageAttributes,
    sentAt: Number(attributes.SentTimestamp),
    firstReceivedAt: Number(attributes.ApproximateFirstReceiveTimestamp),
    receiveCount: Number(attributes.ApproximateReceiveCount),
  };
}
