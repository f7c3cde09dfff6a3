import { type Action, queueOf } from '../context.ts';

export const purgeQueue: Action = async (input, context) => {
  await queueOf(input, context).purge();
  return {};
};
