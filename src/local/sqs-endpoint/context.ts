import type { EmbeddedQueue, EmbeddedQueues } from '../../queue/embedded/embedded-queue.ts';
import { faults } from './fault.ts';
import { type Input, requiredText } from './input.ts';
import { accountId, queueNameOfArn, queueNameOfUrl } from './queue-address.ts';

/** What an action gets besides its input. */
export interface ActionContext {
  queues: EmbeddedQueues;
  /** Such as `http://127.0.0.1:9324`; queue URLs begin with it. */
  baseUrl: string;
  /** Makes a signal that aborts when the client goes away or the endpoint closes, for whoever waits for long. */
  untilGone: () => AbortSignal;
}

/** One action of SQS: its input as the JSON protocol has it, and its output. @throws SqsFault */
export type Action = (input: Input, context: ActionContext) => Promise<object>;

/** The queue that `QueueUrl` names. @throws SqsFault */
export function queueOf(input: Input, context: ActionContext): EmbeddedQueue {
  return queueNamed(queueNameOfUrl(requiredText(input, 'QueueUrl')), context);
}

/** The queue that an ARN names. @throws SqsFault */
export function queueOfArn(input: Input, name: string, context: ActionContext): EmbeddedQueue {
  const queue = queueNameOfArn(requiredText(input, name));
  if (!context.queues.names().includes(queue))
    throw faults.resourceNotFound(`The resource that you specified for the ${name} parameter doesn't exist.`);
  return context.queues.queue(queue);
}

/** The queue of that name. @throws SqsFault */
export function queueNamed(name: string, { queues }: ActionContext): EmbeddedQueue {
  if (!queues.names().includes(name)) throw faults.queueDoesNotExist();
  return queues.queue(name);
}

export function queueUrl(name: string, { baseUrl }: ActionContext): string {
  return `${baseUrl}/${accountId}/${name}`;
}
