import { randomUUID } from 'node:crypto';
import type { SQSRecord } from 'aws-lambda';
import { type Arrival, received } from '../../fakes/source.ts';

/** What the event source mapping hands over for a delivery; the same message each time it is used. */
export function eventRecord(arrival: Arrival): SQSRecord {
  const { messageId, body, attributes, sentAt } = received({ at: Date.now() - 1000, ...arrival });
  return {
    messageId,
    receiptHandle: randomUUID(),
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(sentAt),
      ApproximateFirstReceiveTimestamp: String(sentAt),
      SenderId: 'x',
    },
    messageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, { stringValue = '' }]) => [name, { dataType: 'String', stringValue }]),
    ),
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:contract',
    awsRegion: 'us-east-1',
  };
}
