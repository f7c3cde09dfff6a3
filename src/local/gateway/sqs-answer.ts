import { randomUUID } from 'node:crypto';
import type { SendRefusal } from '../../queue/queue.ts';
import type { Answer } from './answer.ts';

/**
 * SQS's own answers in its query protocol. An AWS service integration passes them through as they are; the caller
 * cannot choose JSON.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-xml-api-responses.html
 */
const namespace = 'xmlns="http://queue.amazonaws.com/doc/2012-11-05/"';

/** Without the two MD5 digests: no webhook sender looks at them, and they cost a fifth of the accept. */
export function sendMessageAnswer(messageId: string): Answer {
  const body = `${success[0]}${messageId}${success[1]}${randomUUID()}${success[2]}`;
  // All of it is ASCII; to count bytes, the text would be put together here and again when it is written.
  return { status: 200, contentType: 'text/xml', body, length: body.length };
}

const success = [
  `<?xml version="1.0"?><SendMessageResponse ${namespace}><SendMessageResult><MessageId>`,
  '</MessageId></SendMessageResult><ResponseMetadata><RequestId>',
  '</RequestId></ResponseMetadata></SendMessageResponse>',
] as const;

export function refusalAnswer(refusal: SendRefusal): Answer {
  return {
    status: 400,
    contentType: 'text/xml',
    body:
      `<?xml version="1.0"?><ErrorResponse ${namespace}><Error><Type>Sender</Type><Code>${escape(refusal.code)}</Code>` +
      `<Message>${escape(refusal.message)}</Message><Detail/></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
  };
}

/** SQS's refusal of a message that is longer than the queue takes, attributes included. */
export function overSizeOfQueue(maxMessageBytes: number): Answer {
  return refusalAnswer({
    ok: false,
    code: 'InvalidParameterValue',
    message: `Message must be shorter than ${maxMessageBytes} bytes.`,
  });
}

/** Messages may quote an attribute's name, which a header may have injected. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
