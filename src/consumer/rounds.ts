import { longestVisibilitySeconds, type ReceivedMessage } from '../queue/queue.ts';

/** Tells what a walk through a queue has seen already, and how long to hide what it looks at. */
export interface Rounds {
  /** For the next receive. */
  readonly visibilityTimeoutSeconds: number;
  /** Those that did not come before. */
  fresh(messages: readonly ReceivedMessage[]): ReceivedMessage[];
}

/**
 * Hides for twice as long once the first messages come back before the last was seen: else the walk would go round among
 * these, and take them for the end of the queue.
 */
export function createRounds(shortestSeconds: number): Rounds {
  /** How long each was hidden when it came last, by message id. */
  const hiddenFor = new Map<string, number>();
  let seconds = shortestSeconds;
  return {
    get visibilityTimeoutSeconds() {
      return seconds;
    },
    fresh(messages) {
      const fresh = messages.filter(({ messageId }) => !hiddenFor.has(messageId));
      const isRound = messages.some(({ messageId }) => hiddenFor.get(messageId) === seconds);
      for (const { messageId } of messages) hiddenFor.set(messageId, seconds);
      if (isRound) seconds = Math.min(2 * seconds, longestVisibilitySeconds);
      return fresh;
    },
  };
}
