import { type Action, queueOf } from '../context.ts';
import { changeVisibilityIn } from '../handles.ts';

export const changeMessageVisibility: Action = (input, context) => changeVisibilityIn(queueOf(input, context), input);
