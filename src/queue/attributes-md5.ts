import { hash } from 'node:crypto';
import type { MessageAttributes } from './queue.ts';

/**
 * The digest of message attributes that SQS returns and SDKs compare: names sorted; of each its name, data type,
 * kind and value, all but the kind behind their length.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export function md5OfAttributes(attributes: MessageAttributes): string {
  const parts: Buffer[] = [];
  for (const name of Object.keys(attributes).toSorted()) {
    const attribute = attributes[name];
    if (!attribute) continue;
    parts.push(
      withLength(Buffer.from(name)),
      withLength(Buffer.from(attribute.dataType)),
      attribute.binaryValue === undefined ? stringKind : binaryKind,
      withLength(
        attribute.binaryValue === undefined
          ? Buffer.from(attribute.stringValue ?? '')
          : Buffer.from(attribute.binaryValue, 'base64'),
      ),
    );
  }
  return hash('md5', Buffer.concat(parts));
}

const stringKind = Buffer.from([1]);
const binaryKind = Buffer.from([2]);

function withLength(bytes: Buffer): Buffer {
  const framed = Buffer.allocUnsafe(4 + bytes.length);
  framed.writeUInt32BE(bytes.length);
  bytes.copy(framed, 4);
  return framed;
}
