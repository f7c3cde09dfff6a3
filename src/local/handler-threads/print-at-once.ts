import type { FromThread } from './messages.ts';

type Printed = Pick<Extract<FromThread, { type: 'printed' }>, 'stream' | 'text'>;

/** Characters that may be under way; what is more waits here until those were taken. */
const maxUnderWay = 64 * 1024;

/**
 * Sends what this thread prints as it is printed. A thread's own streams give out one chunk, and the next when that was taken, of which
 * a handler that blocks its thread never hears: what it printed last would be missing just when somebody looks where it stands.
 *
 * @returns to be told how many characters were taken
 */
export function printAtOnce(post: (message: FromThread) => void): (taken: number) => void {
  let underWay = 0;
  let waiting: Printed[] = [];
  const send = (printed: Printed) => {
    underWay += printed.text.length;
    post({ type: 'printed', ...printed });
  };
  const print = (printed: Printed) => {
    const last = waiting.at(-1);
    if (!last && underWay < maxUnderWay) send(printed);
    else if (last?.stream === printed.stream) last.text += printed.text;
    else waiting.push(printed);
  };
  const sendWaiting = () => {
    for (const printed of waiting) send(printed);
    waiting = [];
  };
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = process[name];
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
    const writeAtOnce = (chunk: unknown, ...rest: unknown[]): boolean => {
      const isText = typeof chunk === 'string' && rest.every((each) => typeof each !== 'string' || each === 'utf8');
      if (!isText) return write(chunk, ...rest);
      print({ stream: name, text: chunk });
      const done = rest.at(-1);
      if (typeof done === 'function') process.nextTick(done);
      return true;
    };
    stream.write = writeAtOnce;
  }
  process.on('exit', sendWaiting);
  return (taken) => {
    underWay -= taken;
    if (underWay < maxUnderWay) sendWaiting();
  };
}
