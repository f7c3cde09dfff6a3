import { hash } from 'node:crypto';
import type { MessageAttributes } from './queue.ts';

/** Reused, since allocating costs more than hashing; larger attributes get a buffer of their own. */
const scratch = Buffer.allocUnsafeSlow(16 * 1024);

/**
 * The digest of message attributes that SQS returns and SDKs compare: names sorted; of each its name, data type,
 * kind and value, all but the kind behind their length.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export function md5OfAttributes(attributes: MessageAttributes): string {
  const entries = Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const bytes = roomFor(entries);
  let end = 0;
  const put = (text: string, encoding: 'utf8' | 'base64') => {
    const length = bytes.write(text, end + 4, encoding);
    bytes.writeUInt32BE(length, end);
    end += 4 + length;
  };
  for (const [name, { dataType, stringValue = '', binaryValue }] of entries) {
    put(name, 'utf8');
    put(dataType, 'utf8');
    bytes[end] = binaryValue === undefined ? 1 : 2;
    end += 1;
    if (binaryValue === undefined) put(stringValue, 'utf8');
    else put(binaryValue, 'base64');
  }
  return hash('md5', bytes.subarray(0, end));
}

function roomFor(entries: readonly (readonly [string, MessageAttributes[string]])[]): Buffer {
  let room = 0;
  for (const [name, { dataType, stringValue = '', binaryValue = '' }] of entries)
    room += 13 + 3 * (name.length + dataType.length + stringValue.length + binaryValue.length);
  return room <= scratch.length ? scratch : Buffer.allocUnsafe(room);
}
