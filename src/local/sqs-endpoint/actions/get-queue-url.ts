import { type Action, queueNamed, queueUrl } from '../context.ts';
import { requiredText } from '../input.ts';

export const getQueueUrl: Action = async (input, context) => {
  const { name } = queueNamed(requiredText(input, 'QueueName'), context);
  return { QueueUrl: queueUrl(name, context) };
};
