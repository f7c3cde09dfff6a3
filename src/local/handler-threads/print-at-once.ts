import type { FromThread, ThreadData } from './messages.ts';

/** Characters that may be under way: who prints more waits until some were taken, as with a pipe. */
const maxUnderWay = 64 * 1024;

/** For so long: whoever takes them may be held up itself. */
const longestWaitMs = 50;

/**
 * Sends what this thread prints as it is printed. A thread's own streams give out one chunk, and the next when that was taken, of which
 * a handler that blocks its thread never hears: what it printed last would be missing just when somebody looks where it stands.
 */
export function printAtOnce(post: (message: FromThread) => void, underWay: ThreadData['underWay']): void {
  const waitForRoom = () => {
    for (let now = Atomics.load(underWay, 0); now >= maxUnderWay; now = Atomics.load(underWay, 0))
      if (Atomics.wait(underWay, 0, now, longestWaitMs) === 'timed-out') return;
  };
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = process[name];
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
    const writeAtOnce = (chunk: unknown, ...rest: unknown[]): boolean => {
      const isText = typeof chunk === 'string' && rest.every((each) => typeof each !== 'string' || each === 'utf8');
      if (!isText) return write(chunk, ...rest);
      waitForRoom();
      Atomics.add(underWay, 0, chunk.length);
      post({ type: 'printed', stream: name, text: chunk });
      const done = rest.at(-1);
      if (typeof done === 'function') process.nextTick(done);
      return true;
    };
    stream.write = writeAtOnce;
  }
}
