import { type Action, queueOf } from '../context.ts';
import { deleteFrom } from '../handles.ts';

export const deleteMessage: Action = (input, context) => deleteFrom(queueOf(input, context), input);
