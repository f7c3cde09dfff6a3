import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Queue, ReceivedMessage } from '../queue/queue.ts';

/** Messages that were received and not settled yet: keeps them invisible to others for as long as they are here. */
export interface InHand {
  readonly size: number;
  add(message: ReceivedMessage): void;
  remove(message: ReceivedMessage): void;
  /** How long ago it was received. */
  heldMs(message: ReceivedMessage): number;
  /**
   * Makes sure that the message stays ours for so long. False when that cannot be said: it then must not be started,
   * since somebody else may get it. A promise only if the queue had to be asked.
   */
  reserve(message: ReceivedMessage, milliseconds: number): boolean | Promise<boolean>;
  close(): void;
}

export interface InHandOptions {
  queue: Queue;
  /** What each receive asks for. */
  visibilityTimeoutSeconds: number;
  clock: Clock;
  log: Log;
}

/** Renews visibility whenever less than half of it is left, by one timer for all messages. */
export function createInHand({ queue, visibilityTimeoutSeconds, clock, log }: InHandOptions): InHand {
  const visibilityMs = visibilityTimeoutSeconds * 1000;
  /** Until when a message is ours, by receipt handle. */
  const ours = new Map<string, { receivedAt: number; until: number }>();

  const renew = async (handle: string): Promise<boolean> => {
    const askedAt = clock();
    try {
      if (!(await queue.changeVisibility(handle, visibilityTimeoutSeconds))) return false;
    } catch (error) {
      log.warn('the visibility of a message could not be extended', {
        queue: queue.name,
        error: error instanceof Error ? error.message : String(error),
      });
      return false;
    }
    const held = ours.get(handle);
    if (held) held.until = askedAt + visibilityMs;
    return true;
  };

  const timer = setInterval(() => {
    const soon = clock() + visibilityMs / 2;
    for (const [handle, { until }] of ours) if (until < soon) void renew(handle);
  }, visibilityMs / 4);
  timer.unref();

  return {
    get size() {
      return ours.size;
    },
    add({ receiptHandle }) {
      const receivedAt = clock();
      ours.set(receiptHandle, { receivedAt, until: receivedAt + visibilityMs });
    },
    remove: (message) => void ours.delete(message.receiptHandle),
    heldMs({ receiptHandle }) {
      const now = clock();
      return now - (ours.get(receiptHandle)?.receivedAt ?? now);
    },
    reserve({ receiptHandle }, milliseconds) {
      const until = ours.get(receiptHandle)?.until;
      if (until !== undefined && until - clock() >= milliseconds) return true;
      // Past its time, somebody else may hold it already, and renewing says nothing about that.
      if (until === undefined || until <= clock()) return false;
      return renew(receiptHandle).then((renewed) => renewed && visibilityMs >= milliseconds);
    },
    close: () => clearInterval(timer),
  };
}
