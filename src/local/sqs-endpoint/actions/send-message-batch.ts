import { messageBytes } from '../../../queue/message-rules.ts';
import { entriesOf, forEachEntry } from '../batch.ts';
import { type Action, queueOf } from '../context.ts';
import { faults } from '../fault.ts';
import { messageOf, sendTo } from '../send.ts';

/** All messages of a batch together may be as long as one. */
const maxBatchBytes = 1_048_576;

export const sendMessageBatch: Action = async (input, context) => {
  const queue = queueOf(input, context);
  const entries = entriesOf(input).map(({ id, entry }) => ({ id, entry, message: messageOf(entry) }));
  const bytes = entries.reduce((sum, { message }) => sum + messageBytes(message), 0);
  if (bytes > maxBatchBytes) throw faults.batchRequestTooLong(maxBatchBytes, bytes);
  return await forEachEntry(entries, ({ message }) => sendTo(queue, message));
};
