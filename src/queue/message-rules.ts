import { attributeBytes, attributesRefusal } from './attribute-rules.ts';
import { hasRefusedBytes, invalidCharacters } from './characters.ts';
import type { OutgoingMessage, SendRefusal } from './queue.ts';
import { invalid, refuse } from './refusal.ts';

const maxDelaySeconds = 900;

/**
 * What SQS would refuse in SendMessage, with its own code and words; undefined when it would take the message. Pure.
 *
 * @param maxMessageBytes the queue's MaximumMessageSize, in bytes
 */
export function refusalOf(message: OutgoingMessage, maxMessageBytes: number): SendRefusal | undefined {
  const { body, attributes, delaySeconds = 0 } = message;
  if (!body.isWellFormed()) return refuse('InvalidMessageContents', invalidCharacters);
  return (
    attributesRefusal(attributes) ??
    delayRefusal(delaySeconds) ??
    bodyRefusal(Buffer.from(body), attributeBytes(attributes), maxMessageBytes)
  );
}

function delayRefusal(delaySeconds: number): SendRefusal | undefined {
  if (Number.isInteger(delaySeconds) && delaySeconds >= 0 && delaySeconds <= maxDelaySeconds) return undefined;
  return invalid(
    `Value ${delaySeconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.`,
  );
}

/**
 * What SQS would refuse for its body, or for its size beside attributes that it would take.
 *
 * @param body meant to be text in UTF-8
 */
export function bodyRefusal(body: Buffer, attributeBytes: number, maxMessageBytes: number): SendRefusal | undefined {
  if (body.length === 0) return refuse('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (body.length + attributeBytes > maxMessageBytes)
    return invalid(`Message must be shorter than ${maxMessageBytes} bytes.`);
  return hasRefusedBytes(body) ? refuse('InvalidMessageContents', invalidCharacters) : undefined;
}

/** What SQS counts against MaximumMessageSize: the body and the attributes, in bytes of UTF-8. */
export function messageBytes(message: Pick<OutgoingMessage, 'body' | 'attributes'>): number {
  return Buffer.byteLength(message.body) + attributeBytes(message.attributes);
}
