import type { ClientPort } from './client-port.ts';

/** What a client asked for, to be answered. */
export interface Command {
  client: ClientPort;
  seq: number;
}

/** Answers committed commands once they are on disk. */
export interface Acknowledgements {
  add(committed: readonly Command[]): void;
  /** Nothing waits for the disk. */
  readonly idle: boolean;
}

export interface AcknowledgementOptions {
  /** Resolves when everything committed before the call is on disk. */
  sync: () => Promise<void>;
  /** Called when nothing waits any more. */
  settled: () => void;
  /** Called when a sync failed, after those who waited were told. @default the error is thrown, which ends the thread */
  broken?: (error: unknown) => void;
}

/**
 * One sync at a time, for all that was committed before it began: while the disk works, the engine takes the next
 * messages, and the slower the disk, the more share its next sync.
 *
 * After a sync that failed nobody knows what is on disk, and the next might succeed without having written what this one
 * could not. So nothing is acknowledged any more.
 */
export function createAcknowledgements(options: AcknowledgementOptions): Acknowledgements {
  const { sync, settled, broken = throwLater } = options;
  let waiting: Command[] = [];
  let syncing = false;
  let failure: { error: unknown } | undefined;

  async function run(): Promise<void> {
    syncing = true;
    while (waiting.length > 0 && !failure) {
      const covered = waiting;
      waiting = [];
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

  return {
    add(committed) {
      if (failure) return refuse(committed, failure.error);
      waiting.push(...committed);
      if (!syncing && waiting.length > 0) void run();
    },
    get idle() {
      return !syncing;
    },
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
