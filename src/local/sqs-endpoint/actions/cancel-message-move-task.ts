import type { Action } from '../context.ts';
import { faults } from '../fault.ts';
import { requiredText } from '../input.ts';

export const cancelMessageMoveTask: Action = async (input, { queues }) => {
  const cancelled = await queues.cancelMoveTask(requiredText(input, 'TaskHandle'));
  if (!cancelled) throw faults.resourceNotFound('No running task has this handle.');
  return { ApproximateNumberOfMessagesMoved: cancelled.moved };
};
