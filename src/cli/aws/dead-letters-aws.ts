import { createRounds } from '../../consumer/rounds.ts';
import type { Queue, ReceivedMessage } from '../../queue/queue.ts';
import { openQueue, sqsClient } from './open-queue.ts';

/** A message that was looked at comes back by itself after so long, or twice the time that this has taken, should this be killed. */
const visibilitySeconds = 30;
const waitSeconds = 1;
/** Receives without anything that end it: SQS may give nothing while it still holds some. */
const emptyReceives = 2;

/**
 * Looks at the messages of a dead-letter queue. SQS cannot be looked into without receiving: each message is invisible
 * for the moment and its receive count grows, which means nothing in a queue that moves no message on. Never to be used
 * on a source queue, where each receive is an attempt.
 *
 * @param visit Called with each message once; true ends it.
 * @param signal Ends it early; what was looked at is given back all the same.
 * @throws HookportError `queue_not_found`, `queue_unavailable`
 */
export async function lookThroughDeadLetters(
  name: string,
  visit: (message: ReceivedMessage) => boolean,
  signal?: AbortSignal,
): Promise<void> {
  const client = sqsClient();
  try {
    const queue = await openQueue(client, name);
    const seen = new Map<string, string>();
    try {
      await receiveEach(queue, seen, visit, signal);
    } finally {
      // One that cannot be given back comes back when its visibility timeout ends.
      await Promise.all([...seen.values()].map((handle) => queue.changeVisibility(handle, 0).catch(() => undefined)));
    }
  } finally {
    client.destroy();
  }
}

async function receiveEach(
  queue: Queue,
  seen: Map<string, string>,
  visit: (message: ReceivedMessage) => boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  const isEnded = () => signal?.aborted === true;
  const rounds = createRounds(visibilitySeconds);
  for (let idle = 0; idle < emptyReceives && !isEnded();) {
    // Not broken off by the signal: a poll that nobody reads any more may still take what is given back.
    const { visibilityTimeoutSeconds } = rounds;
    const messages = await queue.receive({ maxMessages: 10, waitSeconds, visibilityTimeoutSeconds });
    const fresh = rounds.fresh(messages);
    for (const { messageId, receiptHandle } of messages) seen.set(messageId, receiptHandle);
    for (const message of fresh) if (visit(message)) return;
    idle = messages.length > 0 ? 0 : idle + 1;
  }
}
