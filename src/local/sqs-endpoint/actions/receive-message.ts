import { hash } from 'node:crypto';
import { md5OfAttributes } from '../../../queue/attributes-md5.ts';
import { longestVisibilitySeconds, type ReceivedMessage } from '../../../queue/queue.ts';
import { attributesToWire, selectAttributes } from '../attributes.ts';
import { type Action, queueOf } from '../context.ts';
import { optionalInteger, textList } from '../input.ts';
import { selectSystemAttributes } from '../system-attributes.ts';

export const receiveMessage: Action = async (input, context) => {
  const queue = queueOf(input, context);
  const wanted = textList(input, 'MessageAttributeNames');
  // AttributeNames is what MessageSystemAttributeNames was called; SQS still takes both.
  const wantedSystem = [...textList(input, 'MessageSystemAttributeNames'), ...textList(input, 'AttributeNames')];
  const visibilityTimeoutSeconds = optionalInteger(input, 'VisibilityTimeout', 0, longestVisibilitySeconds);
  const signal = context.untilGone();
  const messages = await queue.receive({
    maxMessages: optionalInteger(input, 'MaxNumberOfMessages', 1, 10) ?? 1,
    waitSeconds: optionalInteger(input, 'WaitTimeSeconds', 0, 20) ?? queue.settings.receiveWaitSeconds,
    ...(visibilityTimeoutSeconds !== undefined && { visibilityTimeoutSeconds }),
    signal,
  });
  if (signal.aborted) {
    // Nobody is there to take them any more: they need not wait for their visibility timeout.
    await Promise.all(messages.map(async ({ receiptHandle }) => await queue.changeVisibility(receiptHandle, 0)));
    return {};
  }
  return messages.length === 0 ? {} : { Messages: messages.map((message) => toWire(message, wanted, wantedSystem)) };
};

function toWire(message: ReceivedMessage, wanted: readonly string[], wantedSystem: readonly string[]): object {
  const attributes = selectAttributes(message.attributes, wanted);
  const system = selectSystemAttributes(message, wantedSystem);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: hash('md5', message.body),
    Body: message.body,
    ...(Object.keys(system).length > 0 && { Attributes: system }),
    ...(Object.keys(attributes).length > 0 && {
      MD5OfMessageAttributes: md5OfAttributes(attributes),
      MessageAttributes: attributesToWire(attributes),
    }),
  };
}
