import { entriesOf, forEachEntry } from '../batch.ts';
import { type Action, queueOf } from '../context.ts';
import { changeVisibilityIn } from '../handles.ts';

export const changeMessageVisibilityBatch: Action = async (input, context) => {
  const queue = queueOf(input, context);
  return await forEachEntry(entriesOf(input), ({ entry }) => changeVisibilityIn(queue, entry));
};
