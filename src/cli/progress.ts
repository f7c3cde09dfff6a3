import { setTimeout as sleep } from 'node:timers/promises';

/** Tells how far a long work has come. */
export type TellProgress = (done: number, total: number) => void;

/** A bar for what takes long. */
export interface Progress {
  /** Shows the bar while the work runs, and takes it away when it ends. */
  around<T>(work: (tell: TellProgress) => Promise<T>): Promise<T>;
}

const width = 30;

/** Between two pictures of the bar: thousands of steps a second are faster than a terminal. */
const redrawMs = 50;

/**
 * A bar on stderr, so that stdout stays what the command prints; nothing where stderr is no terminal or the output is for
 * a program. One line, begun anew with each step, twenty times a second at most.
 */
export function createProgress(what: string, quiet: boolean): Progress {
  const { stderr } = process;
  const shows = !quiet && stderr.isTTY;
  let drawnAt = -Infinity;
  const tell: TellProgress = (done, total) => {
    if (!shows || total <= 0) return;
    const now = performance.now();
    if (done < total && now - drawnAt < redrawMs) return;
    drawnAt = now;
    const share = Math.min(Math.max(done / total, 0), 1);
    const filled = Math.round(share * width);
    const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
    stderr.write(`\r\u001B[2K${what} ${bar} ${Math.min(done, total)} of ${total}`);
  };
  return {
    async around(work) {
      try {
        return await work(tell);
      } finally {
        if (shows) stderr.write('\r\u001B[2K');
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
