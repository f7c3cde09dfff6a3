import type { ReceivedMessage } from '../../queue/queue.ts';
import { queueArn } from './queue-address.ts';

/** There are no users here; SQS gives the id of the one that sent the message. */
const senderId = 'AIDAHOOKPORTLOCAL';

/** The system attributes that a receive asked for; names that do not exist for the message are left out, as SQS does. */
export function selectSystemAttributes(message: ReceivedMessage, wanted: readonly string[]): Record<string, string> {
  const all: Record<string, string> = {
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    ApproximateReceiveCount: String(message.receiveCount),
    SenderId: senderId,
    SentTimestamp: String(message.sentAt),
  };
  if (message.deadLetterSource !== undefined) all['DeadLetterQueueSourceArn'] = queueArn(message.deadLetterSource);
  if (wanted.includes('All')) return all;
  return Object.fromEntries(Object.entries(all).filter(([name]) => wanted.includes(name)));
}
