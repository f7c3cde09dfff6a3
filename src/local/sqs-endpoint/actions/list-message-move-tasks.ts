import type { MoveTask } from '../../../queue/embedded/embedded-queue.ts';
import { type Action, queueOfArn } from '../context.ts';
import { optionalInteger } from '../input.ts';
import { queueArn } from '../queue-address.ts';

export const listMessageMoveTasks: Action = async (input, context) => {
  const source = queueOfArn(input, 'SourceArn', context);
  const maxResults = optionalInteger(input, 'MaxResults', 1, 10) ?? 1;
  const tasks = await source.moveTasks();
  return { Results: tasks.slice(0, maxResults).map(toWire) };
};

function toWire(task: MoveTask): object {
  return {
    // Only a running task can be cancelled, so SQS gives no other's handle.
    ...(task.status === 'RUNNING' && { TaskHandle: task.taskHandle }),
    Status: task.status,
    SourceArn: queueArn(task.source),
    ...(task.destination !== undefined && { DestinationArn: queueArn(task.destination) }),
    ...(task.maxPerSecond !== undefined && { MaxNumberOfMessagesPerSecond: task.maxPerSecond }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failureReason !== undefined && { FailureReason: task.failureReason }),
    StartedTimestamp: task.startedAt,
  };
}
