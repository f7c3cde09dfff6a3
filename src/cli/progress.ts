import { setTimeout as sleep } from 'node:timers/promises';

/** Tells how far a long work has come. */
export type TellProgress = (done: number, total: number) => void;

/** A bar for what takes long. */
export interface Progress {
  /**
   * Shows the bar while the work runs, and takes it away when it ends. Ctrl-C ends the process with 130, after it was told
   * how far the work had come and what that leaves; a work that heeds the signal ends by itself before.
   */
  around<T>(work: (tell: TellProgress, signal: AbortSignal) => Promise<T>): Promise<T>;
}

const width = 30;

/** Between two pictures of the bar: thousands of steps a second are faster than a terminal. */
const redrawMs = 50;

export interface ProgressOptions {
  /** Shows no bar. */
  quiet: boolean;
  /** What is true after Ctrl-C, and what to do: a sentence without its full stop. */
  leaves: string;
  /** Whether the work ends by itself at the signal, so that it leaves nothing half done. @default false */
  heeds?: boolean;
}

/**
 * A bar on stderr, so that stdout stays what the command prints; nothing where stderr is no terminal or the output is for
 * a program. One line, begun anew with each step, twenty times a second at most.
 */
export function createProgress(what: string, { quiet, leaves, heeds = false }: ProgressOptions): Progress {
  const { stderr } = process;
  const shows = !quiet && stderr.isTTY;
  let drawnAt = -Infinity;
  let reached = '';
  const tell: TellProgress = (done, total) => {
    if (total > 0) reached = ` at ${Math.min(done, total)} of ${total}`;
    if (!shows || total <= 0) return;
    const now = performance.now();
    if (done < total && now - drawnAt < redrawMs) return;
    drawnAt = now;
    const share = Math.min(Math.max(done / total, 0), 1);
    const filled = Math.round(share * width);
    const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
    stderr.write(`\r\u001B[2K${what} ${bar} ${Math.min(done, total)} of ${total}`);
  };
  const clear = () => void (shows && stderr.write('\r\u001B[2K'));
  return {
    async around(work) {
      const stopping = new AbortController();
      const interrupt = () => {
        clear();
        if (heeds && !stopping.signal.aborted) {
          stderr.write(`${what}: stopping${reached}; the same command goes on. Once more stops at once\n`);
          process.exitCode = 130;
          stopping.abort();
          return;
        }
        stderr.write(`${what}: interrupted${reached}; ${leaves}\n`);
        process.exit(130);
      };
      process.on('SIGINT', interrupt);
      try {
        return await work(tell, stopping.signal);
      } finally {
        process.off('SIGINT', interrupt);
        clear();
      }
    },
  };
}

const lookEveryMs = 300;

/** Waits for a promise and looks now and then meanwhile; a look that fails is no matter. */
export async function whileWaiting<T>(promise: Promise<T>, look: () => Promise<void>): Promise<T> {
  let waiting = true;
  const settled = promise.finally(() => (waiting = false));
  // Its failure is the caller's to see.
  settled.catch(() => undefined);
  for (;;) {
    await Promise.race([settled.catch(() => undefined), sleep(lookEveryMs, undefined, { ref: false })]);
    if (!waiting) return settled;
    await look().catch(() => undefined);
  }
}
