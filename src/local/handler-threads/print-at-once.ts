import type { FromThread } from './messages.ts';
import { takeRoom, type UnderWay } from './under-way.ts';

/**
 * Sends what this thread prints as it is printed. A thread's own streams give out one chunk, and the next when that was taken, of which
 * a handler that blocks its thread never hears: what it printed last would be missing just when somebody looks where it stands.
 */
export function printAtOnce(post: (message: FromThread) => void, underWay: UnderWay): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = process[name];
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
    const writeAtOnce = (chunk: unknown, ...rest: unknown[]): boolean => {
      const isText = typeof chunk === 'string' && rest.every((each) => typeof each !== 'string' || each === 'utf8');
      if (!isText) return write(chunk, ...rest);
      takeRoom(underWay, chunk);
      post({ type: 'printed', stream: name, text: chunk });
      const done = rest.at(-1);
      if (typeof done === 'function') process.nextTick(done);
      return true;
    };
    stream.write = writeAtOnce;
  }
}
