import type { Queue, ReceivedMessage } from '../queue/queue.ts';
import { createPauses } from './pauses.ts';
import { createRounds } from './rounds.ts';

/** What became of a message that was looked at: taken out, left where it is, or left since it came in only now. */
export type Visited = 'gone' | 'left' | 'newer';

export interface WalkOptions {
  /** Looks at one message; what it takes out it removes itself. Must not reject. */
  visit: (message: ReceivedMessage) => Promise<Visited>;
  /** After each batch. */
  onBatch?: (() => void) | undefined;
  /** For long polling: a queue that always gives what it has needs none. @default 1 */
  waitSeconds?: number | undefined;
  /** Ends it early, between two batches. */
  signal?: AbortSignal | undefined;
}

/**
 * A message that was looked at stays invisible for so long at least, and comes back by itself if the walk is killed; on
 * one machine at the next start.
 */
const visibilitySeconds = 300;
/** Batches without anything that end it: SQS may give nothing while it still holds some. */
const emptyBatches = 2;

/**
 * Receives each message of a dead-letter queue once, and at the end gives back those that are left. Meanwhile they are
 * invisible to others.
 *
 * @throws HookportError `queue_unavailable` when the queue cannot be read
 */
export async function walkDeadLetters(
  queue: Queue,
  { visit, onBatch, waitSeconds = 1, signal }: WalkOptions,
): Promise<void> {
  const rounds = createRounds(visibilitySeconds);
  const pause = createPauses();
  /** Their handles alone: the bodies of all that rest may take more than all memory. */
  const left: string[] = [];
  const leave = (messages: readonly ReceivedMessage[]) => {
    for (const { receiptHandle } of messages) left.push(receiptHandle);
  };
  const isEnded = () => signal?.aborted === true;
  try {
    for (let idle = 0; idle < emptyBatches && !isEnded();) {
      // Not broken off by the signal: a poll that nobody reads any more may still take what is given back.
      const messages = await queue.receive({
        maxMessages: 10,
        waitSeconds,
        visibilityTimeoutSeconds: rounds.visibilityTimeoutSeconds,
        untilExit: true,
      });
      const fresh = rounds.fresh(messages);
      const visits: Promise<Visited>[] = [];
      for (const message of fresh) {
        visits.push(visit(message));
        await pause(message.body.length);
      }
      const visited = await Promise.all(visits);
      leave(fresh.filter((_message, index) => visited[index] !== 'gone'));
      // What came again after its time: its handle of now is the one that gives it back.
      leave(messages.filter((message) => !fresh.includes(message)));
      const isAgain = messages.length > fresh.length;
      idle = isAgain || visited.some((each) => each !== 'newer') ? 0 : idle + 1;
      onBatch?.();
    }
  } finally {
    await giveBack(left, queue);
  }
}

async function giveBack(receiptHandles: readonly string[], queue: Queue): Promise<void> {
  for (let start = 0; start < receiptHandles.length; start += 10) {
    const some = receiptHandles.slice(start, start + 10);
    // One that cannot be given back comes back when its visibility timeout ends.
    await Promise.all(some.map((handle) => queue.changeVisibility(handle, 0).catch(() => undefined)));
  }
}
