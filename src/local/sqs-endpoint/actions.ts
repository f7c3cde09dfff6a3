import { cancelMessageMoveTask } from './actions/cancel-message-move-task.ts';
import { changeMessageVisibilityBatch } from './actions/change-message-visibility-batch.ts';
import { changeMessageVisibility } from './actions/change-message-visibility.ts';
import { deleteMessageBatch } from './actions/delete-message-batch.ts';
import { deleteMessage } from './actions/delete-message.ts';
import { getQueueAttributes } from './actions/get-queue-attributes.ts';
import { getQueueUrl } from './actions/get-queue-url.ts';
import { listDeadLetterSourceQueues } from './actions/list-dead-letter-source-queues.ts';
import { listMessageMoveTasks } from './actions/list-message-move-tasks.ts';
import { listQueues } from './actions/list-queues.ts';
import { purgeQueue } from './actions/purge-queue.ts';
import { receiveMessage } from './actions/receive-message.ts';
import { sendMessageBatch } from './actions/send-message-batch.ts';
import { sendMessage } from './actions/send-message.ts';
import { startMessageMoveTask } from './actions/start-message-move-task.ts';
import type { Action } from './context.ts';

/** What the endpoint can do, by SQS's names. Queues are made from the plan, so none can be created, changed or deleted. */
export const actions: ReadonlyMap<string, Action> = new Map([
  ['CancelMessageMoveTask', cancelMessageMoveTask],
  ['ChangeMessageVisibility', changeMessageVisibility],
  ['ChangeMessageVisibilityBatch', changeMessageVisibilityBatch],
  ['DeleteMessage', deleteMessage],
  ['DeleteMessageBatch', deleteMessageBatch],
  ['GetQueueAttributes', getQueueAttributes],
  ['GetQueueUrl', getQueueUrl],
  ['ListDeadLetterSourceQueues', listDeadLetterSourceQueues],
  ['ListMessageMoveTasks', listMessageMoveTasks],
  ['ListQueues', listQueues],
  ['PurgeQueue', purgeQueue],
  ['ReceiveMessage', receiveMessage],
  ['SendMessage', sendMessage],
  ['SendMessageBatch', sendMessageBatch],
  ['StartMessageMoveTask', startMessageMoveTask],
]);
