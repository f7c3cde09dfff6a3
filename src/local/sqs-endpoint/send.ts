import { hash } from 'node:crypto';
import { md5OfAttributes } from '../../queue/attributes-md5.ts';
import type { OutgoingMessage, Queue } from '../../queue/queue.ts';
import { attributesOf } from './attributes.ts';
import { faults, SqsFault } from './fault.ts';
import { type Input, optionalInteger, optionalText, requiredText } from './input.ts';

/** The message in a SendMessage request or in an entry of its batch. @throws SqsFault */
export function messageOf(input: Input): OutgoingMessage {
  if (optionalText(input, 'MessageDeduplicationId') !== undefined)
    throw faults.invalidParameter(
      'Value for parameter MessageDeduplicationId is invalid. Reason: The request includes a parameter that is not valid for this queue type.',
    );
  const delaySeconds = optionalInteger(input, 'DelaySeconds', 0, 900);
  return {
    body: requiredText(input, 'MessageBody'),
    attributes: attributesOf(input),
    ...(delaySeconds !== undefined && { delaySeconds }),
  };
}

/** @throws SqsFault when the queue refuses the message */
export async function sendTo(queue: Queue, message: OutgoingMessage): Promise<object> {
  const sent = await queue.send(message);
  if (!sent.ok) throw new SqsFault(sent.code, sent.message);
  return {
    MessageId: sent.messageId,
    MD5OfMessageBody: hash('md5', message.body),
    ...(Object.keys(message.attributes).length > 0 && { MD5OfMessageAttributes: md5OfAttributes(message.attributes) }),
  };
}
