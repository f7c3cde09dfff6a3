import { parseReceiptHandle } from '../../queue/embedded/receipt-handle.ts';
import { longestVisibilitySeconds, type Queue } from '../../queue/queue.ts';
import { faults } from './fault.ts';
import { type Input, requiredInteger, requiredText } from './input.ts';

/** DeleteMessage and an entry of its batch. @throws SqsFault */
export async function deleteFrom(queue: Queue, input: Input): Promise<object> {
  await queue.delete(handleOf(input));
  return {};
}

/** ChangeMessageVisibility and an entry of its batch. @throws SqsFault */
export async function changeVisibilityIn(queue: Queue, input: Input): Promise<object> {
  const handle = handleOf(input);
  const seconds = requiredInteger(input, 'VisibilityTimeout', 0, longestVisibilitySeconds);
  // Whoever extends it goes on to work on a message that somebody else may get.
  if (!(await queue.changeVisibility(handle, seconds))) throw faults.messageNotInflight();
  return {};
}

function handleOf(input: Input): string {
  const handle = requiredText(input, 'ReceiptHandle');
  if (!parseReceiptHandle(handle)) throw faults.receiptHandleIsInvalid(handle);
  return handle;
}
