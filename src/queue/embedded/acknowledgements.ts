import type { ClientPort } from './client-port.ts';

/** What a client asked for, to be answered. */
export interface Command {
  client: ClientPort;
  seq: number;
}

/** Brings commits to the disk, and answers commands once they are there. */
export interface Acknowledgements {
  /**
   * After each commit, with the commands in it that are to be answered after a sync.
   *
   * @param soon whether to sync at once even if nobody waits @default false
   */
  committed(commands: readonly Command[], soon?: boolean): void;
  /** Nothing waits for the disk. */
  readonly idle: boolean;
  /** Once idle: syncs no more. */
  stop(): void;
}

export interface AcknowledgementOptions {
  /** Resolves when everything committed before the call is on disk. */
  sync: () => Promise<void>;
  /** Called when nothing waits any more. */
  settled: () => void;
  /** Called when a sync failed, after those who waited were told. @default the error is thrown, which ends the thread */
  broken?: (error: unknown) => void;
}

/** How long a commit that nobody waits for may stay off the disk. */
export const lazyMs = 500;

/**
 * One sync at a time, for all that was committed before it began: the more commit meanwhile, the more share the next. A
 * commit that nobody waits for is synced with the next that somebody does, or soon after.
 *
 * After a sync that failed nobody knows what is on disk, and the next might succeed without having written what this one
 * could not. So nothing is acknowledged any more.
 */
export function createAcknowledgements(options: AcknowledgementOptions): Acknowledgements {
  const { sync, settled, broken = throwLater } = options;
  let waiting: Command[] = [];
  let syncing = false;
  let lazy: NodeJS.Timeout | undefined;
  let due = false;
  let failure: { error: unknown } | undefined;

  async function run(): Promise<void> {
    syncing = true;
    while ((waiting.length > 0 || due) && !failure) {
      const covered = waiting;
      waiting = [];
      stop();
      try {
        await sync();
        for (const { client, seq } of covered) client.done(seq);
        flush(covered);
      } catch (error) {
        failure = { error };
        refuse([...covered, ...waiting], error);
        broken(error);
      }
    }
    syncing = false;
    settled();
  }

  function stop(): void {
    due = false;
    clearTimeout(lazy);
    lazy = undefined;
  }

  return {
    committed(commands, soon = false) {
      if (failure) return refuse(commands, failure.error);
      waiting.push(...commands);
      due ||= soon;
      if (waiting.length === 0 && !due)
        lazy ??= setTimeout(() => {
          due = true;
          if (!syncing) void run();
        }, lazyMs);
      else if (!syncing) void run();
    },
    get idle() {
      return !syncing;
    },
    stop,
  };
}

function refuse(commands: readonly Command[], error: unknown): void {
  for (const { client, seq } of commands) client.failed(seq, error);
  flush(commands);
}

function flush(commands: readonly Command[]): void {
  for (const client of new Set(commands.map(({ client }) => client))) client.flush();
}

/** Outside of any promise, so that it counts as an error of the thread. */
function throwLater(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
