import { messageBytes } from '../../../queue/message-rules.ts';
import type { OutgoingMessage } from '../../../queue/queue.ts';
import { entriesOf, forEachEntry } from '../batch.ts';
import { type Action, queueOf } from '../context.ts';
import { faults, SqsFault } from '../fault.ts';
import type { Input } from '../input.ts';
import { messageOf, sendTo } from '../send.ts';

/** All messages of a batch together may be as long as one. */
const maxBatchBytes = 1_048_576;

export const sendMessageBatch: Action = async (input, context) => {
  const queue = queueOf(input, context);
  const entries = entriesOf(input).map(readEntry);
  const bytes = entries.reduce((sum, { message }) => sum + (message ? messageBytes(message) : 0), 0);
  if (bytes > maxBatchBytes) throw faults.batchRequestTooLong(maxBatchBytes, bytes);
  return await forEachEntry(entries, ({ message, fault }) =>
    message ? sendTo(queue, message) : Promise.reject(fault),
  );
};

type Read =
  | { id: string; message: OutgoingMessage; fault?: undefined }
  | { id: string; message?: undefined; fault: SqsFault };

/** An entry with a value that SQS does not take fails alone. One that is not in the protocol's form makes all fail. */
function readEntry({ id, entry }: { id: string; entry: Input }): Read {
  try {
    return { id, message: messageOf(entry) };
  } catch (error) {
    if (error instanceof SqsFault && error.type !== 'SerializationException') return { id, fault: error };
    throw error;
  }
}
