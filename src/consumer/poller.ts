import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Queue, ReceivedMessage } from '../queue/queue.ts';

export interface PollerOptions {
  queue: Queue;
  visibilityTimeoutSeconds: number;
  /** Long polling, 0 to 20. */
  waitSeconds: number;
  /** How many runs at once. */
  concurrency: number;
  /** How many messages make a run, and how long a run waits for more after its first. */
  batch: { size: number; windowSeconds: number };
  /** Called at once with each message that was received. */
  received: (message: ReceivedMessage) => void;
  /** Resolves when others may start in its place, and gives what is left to do with the queue. Neither rejects. */
  run: (messages: readonly ReceivedMessage[]) => Promise<{ settled: Promise<void> }>;
  /** Whether the queue would move it to the dead-letter queue, untried, instead of giving it again: it is run even when it stops. */
  isLastReceive: (message: ReceivedMessage) => boolean;
  /** Takes a message that was received and is not run. Never rejects. */
  giveBack: (message: ReceivedMessage) => Promise<void>;
  clock: Clock;
  log: Log;
}

/** SQS gives ten messages at most. */
const maxReceive = 10;
/** Lambda gives a function 6 MB at most. Without an end, a batch of hundreds of the largest bodies would take all memory. */
const maxBatchLength = 6_000_000;
const longestPauseMs = 30_000;

/**
 * Receives only what can start at once, and goes on through every fault of the queue. While runs are settled others start, since
 * the way to the queue and back takes as long again as that of a receive. Twice `concurrency` at most run or are settled.
 */
export function createPoller(options: PollerOptions): { stop(): Promise<void> } {
  const { queue, concurrency, batch, clock, log } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = new Set<Promise<void>>();
  const settling = new Set<Promise<void>>();
  let faults = 0;
  /** A race of promises would be held by each that goes on, anew for each race: by a handler of hours, hundreds of megabytes. */
  let ended = () => {};
  const nextEnd = () => new Promise<void>((resolve) => (ended = resolve));

  /** How many may start. */
  const room = () => Math.min(concurrency, 2 * concurrency - settling.size) - running.size;

  const settle = async (settled: Promise<void>) => {
    settling.add(settled);
    await settled;
    settling.delete(settled);
    ended();
  };
  const start = (messages: readonly ReceivedMessage[]) => {
    const promise = options.run(messages).then(
      ({ settled }) => {
        running.delete(promise);
        ended();
        return void settle(settled);
      },
      (error: unknown) => {
        running.delete(promise);
        ended();
        log.error('a run failed; its messages come back', { queue: queue.name, error: String(error) });
      },
    );
    running.add(promise);
  };

  const receive = async (maxMessages: number, waitSeconds: number): Promise<ReceivedMessage[]> => {
    const { visibilityTimeoutSeconds } = options;
    try {
      const messages = await queue.receive({
        maxMessages,
        waitSeconds,
        visibilityTimeoutSeconds,
        untilExit: true,
        signal,
      });
      for (const message of messages) options.received(message);
      if (faults > 0) log.info('the queue answers again', { queue: queue.name, faults });
      faults = 0;
      return messages;
    } catch (error) {
      if (signal.aborted) return [];
      faults += 1;
      // Once for a change of state: a queue that is away for an hour must not fill the log.
      if (faults === 1)
        log.error('the queue does not answer; trying on', {
          queue: queue.name,
          error: error instanceof Error ? error.message : String(error),
        });
      await pause(Math.min(1000 * 2 ** (faults - 1), longestPauseMs), signal);
      return [];
    }
  };

  /** All of them, and when it stops those alone that would not come again; gives the others back. */
  const startable = async (messages: readonly ReceivedMessage[]): Promise<readonly ReceivedMessage[]> => {
    if (!signal.aborted) return messages;
    await Promise.all(messages.filter((message) => !options.isLastReceive(message)).map(options.giveBack));
    return messages.filter(options.isLastReceive);
  };

  /** One message each, as many as there are free runs. */
  const pollSingles = async () => {
    const messages = await receive(Math.min(room(), maxReceive), options.waitSeconds);
    for (const message of await startable(messages)) start([message]);
  };

  const pollBatch = async () => {
    const messages = await receive(Math.min(batch.size, maxReceive), options.waitSeconds);
    if (messages.length > 0) await fill(messages);
    const batched = await startable(messages);
    if (batched.length > 0) start(batched);
  };

  /** Adds messages until the batch is full or its window has passed; a full answer says that more may be waiting. */
  const fill = async (messages: ReceivedMessage[]) => {
    const until = clock() + batch.windowSeconds * 1000;
    let length = lengthOf(messages);
    while (length < maxBatchLength) {
      const room = batch.size - messages.length;
      const leftMs = until - clock();
      if (room <= 0 || signal.aborted || faults > 0) return;
      if (leftMs <= 0 && messages.length % maxReceive !== 0) return;
      const more = await receive(Math.min(room, maxReceive), Math.min(Math.max(Math.ceil(leftMs / 1000), 0), 20));
      messages.push(...more);
      length += lengthOf(more);
      if (more.length === 0 && until - clock() <= 0) return;
    }
  };

  const loop = (async () => {
    while (!signal.aborted) {
      while (room() <= 0) await nextEnd();
      // Let runs that end together end, so that one receive asks for all of them.
      await new Promise((resolve) => setImmediate(resolve));
      if (room() <= 0 || signal.aborted) continue;
      await (batch.size > 1 ? pollBatch() : pollSingles());
    }
    await Promise.all(running);
    await Promise.all(settling);
  })();

  return {
    stop: () => {
      stopping.abort();
      return loop;
    },
  };
}

function lengthOf(messages: readonly ReceivedMessage[]): number {
  return messages.reduce((sum, { body }) => sum + body.length, 0);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
