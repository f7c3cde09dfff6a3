import { entriesOf, forEachEntry } from '../batch.ts';
import { type Action, queueOf } from '../context.ts';
import { deleteFrom } from '../handles.ts';

export const deleteMessageBatch: Action = async (input, context) => {
  const queue = queueOf(input, context);
  return await forEachEntry(entriesOf(input), ({ entry }) => deleteFrom(queue, entry));
};
