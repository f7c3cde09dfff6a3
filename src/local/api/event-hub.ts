import type { AttemptLine } from '../consumer-protocol.ts';
import { type DeliveryState, stateAfter } from './delivery-state.ts';

/** What a listener is told next. */
export interface EventBatch {
  /** Number of the last attempt that is in here or was left out; a listener that comes back names it. */
  last: number;
  /** In the order in which they ended. */
  attempts: DeliveryState[];
  /** Attempts before these that the listener is not told of: it was slow, away, or there were too many. */
  omitted: number;
}

export interface Listener {
  /** Resolves as soon as something happened, which may be before the call; after the time at the latest. */
  wait(timeoutMs: number): Promise<void>;
  /** What happened since the last time; undefined if nothing did. */
  take(): EventBatch | undefined;
  readonly closed: boolean;
  close(): void;
}

/** Tells attempts to whoever listens. Without listeners it only counts. */
export interface EventHub {
  publish(attempts: readonly AttemptLine[]): void;
  /**
   * @param known Number of the last attempt that the listener knows. @default it starts with what comes
   * @returns undefined when as many listen as may
   */
  listen(known?: number): Listener | undefined;
  readonly listeners: number;
  /** Ends all listeners. */
  close(): void;
}

export interface EventHubOptions {
  /** Counts from here on. Beyond what an earlier run of the platform came to, a number of that one is told from ours. @default 0 */
  first?: number;
  /** How many may listen at once. @default 32 */
  maxListeners?: number;
  /** So many attempts wait for each listener at most; of more, the newest. @default 200 */
  maxWaiting?: number;
}

export function createEventHub({ first = 0, maxListeners = 32, maxWaiting = 200 }: EventHubOptions = {}): EventHub {
  const listeners = new Set<WaitingListener>();
  let last = first;
  return {
    get listeners() {
      return listeners.size;
    },
    publish(attempts) {
      last += attempts.length;
      for (const listener of listeners) listener.add(attempts, last);
    },
    listen(known = last) {
      if (listeners.size >= maxListeners) return undefined;
      // A number that is not of this run of the platform: of what it has told, nothing is known.
      const missed = known >= first && known <= last ? last - known : last - first;
      const listener = createListener({ maxWaiting, last, missed, onClose: () => listeners.delete(listener) });
      listeners.add(listener);
      return listener;
    },
    close() {
      for (const listener of listeners) listener.close();
    },
  };
}

interface WaitingListener extends Listener {
  /** @param last Number of the last of these. */
  add(attempts: readonly AttemptLine[], last: number): void;
}

function createListener(start: {
  maxWaiting: number;
  last: number;
  missed: number;
  onClose: () => void;
}): WaitingListener {
  const { maxWaiting, onClose } = start;
  let { last, missed: omitted } = start;
  let waiting: AttemptLine[] = [];
  let closed = false;
  let wake: (() => void) | undefined;
  const isIdle = () => !closed && waiting.length === 0 && omitted === 0;
  const cut = () => {
    const excess = Math.max(0, waiting.length - maxWaiting);
    waiting.splice(0, excess);
    omitted += excess;
  };
  return {
    add(attempts, newLast) {
      last = newLast;
      waiting.push(...attempts);
      // Not with each one: a shift of the whole list for every attempt would cost the platform.
      if (waiting.length > 2 * maxWaiting) cut();
      wake?.();
    },
    async wait(timeoutMs) {
      if (!isIdle()) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = undefined;
    },
    take() {
      if (closed || isIdle()) return undefined;
      cut();
      const batch = { last, attempts: waiting.map(stateAfter), omitted };
      waiting = [];
      omitted = 0;
      return batch;
    },
    get closed() {
      return closed;
    },
    close() {
      closed = true;
      onClose();
      wake?.();
    },
  };
}
