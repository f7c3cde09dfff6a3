import { type Action, queueOf } from '../context.ts';
import { messageOf, sendTo } from '../send.ts';

export const sendMessage: Action = (input, context) => sendTo(queueOf(input, context), messageOf(input));
