/** Bounds how many handler threads are alive, and takes one from whoever does not use it. */
export interface ThreadLimit {
  /** Resolves when one more thread may live. Call `release` when it is gone. */
  acquire(): Promise<void>;
  release(): void;
  /** Somebody waits: whoever has run for a while should give way. */
  readonly wanted: boolean;
  /** Says that a thread does nothing, and how to end it; the one that has been idle longest goes first. */
  idle(end: () => void): void;
  /** Takes back {@link ThreadLimit.idle}. */
  busy(end: () => void): void;
}

export function createThreadLimit(max: number): ThreadLimit {
  let alive = 0;
  const waiting: (() => void)[] = [];
  /** In the order in which they became idle. */
  const idle = new Set<() => void>();

  const endOneIdle = () => {
    const [end] = idle;
    if (!end) return;
    idle.delete(end);
    end();
  };
  return {
    async acquire() {
      if (alive < max) {
        alive += 1;
        return;
      }
      const turn = Promise.withResolvers<void>();
      waiting.push(turn.resolve);
      endOneIdle();
      await turn.promise;
    },
    release() {
      const next = waiting.shift();
      if (next) next();
      else alive -= 1;
    },
    get wanted() {
      return waiting.length > 0;
    },
    idle(end) {
      idle.add(end);
      if (waiting.length > 0) endOneIdle();
    },
    busy: (end) => void idle.delete(end),
  };
}
