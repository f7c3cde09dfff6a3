import type { SQSMessageAttribute, SQSRecord } from 'aws-lambda';
import type { MessageAttribute, ReceivedMessage } from '../../queue/queue.ts';

/** A record of Lambda's SQS event as the Queue port has it. */
export function toReceivedMessage(record: SQSRecord): ReceivedMessage {
  const { attributes } = record;
  return {
    messageId: record.messageId,
    receiptHandle: record.receiptHandle,
    body: record.body,
    attributes: Object.fromEntries(
      Object.entries(record.messageAttributes).map(([name, value]) => [name, toAttribute(value)]),
    ),
    sentAt: Number(attributes.SentTimestamp),
    firstReceivedAt: Number(attributes.ApproximateFirstReceiveTimestamp),
    receiveCount: Number(attributes.ApproximateReceiveCount),
  };
}

function toAttribute({ dataType, stringValue, binaryValue }: SQSMessageAttribute): MessageAttribute {
  if (binaryValue !== undefined) return { dataType, ...(stringValue !== undefined && { stringValue }), binaryValue };
  return stringValue === undefined ? { dataType } : { dataType, stringValue };
}
