import { setTimeout as sleep } from 'node:timers/promises';
import { answerAll } from '../lib/asked.ts';
import { openFauxqs } from './fauxqs.ts';
import { openHookport } from './hookport.ts';
import { message } from './message.ts';
import type { OpenedQueue, QueueContender } from './opened.ts';
import { type Bounds, measureRates, type Rate } from './rate.ts';

/** What the process that measures asks of the one that holds the queue. */
export type Question = { fill: number } | { measure: Bounds } | { empty: true } | { memory: true };

export interface Answers {
  port: number;
  /** In this process, without HTTP. */
  rates: { send: Rate; drain: Rate };
  /** Resident, of the whole process, in MiB. */
  mib: number;
  done: true;
}

/** In process four loops drain: each receives ten and deletes them at once, so that some forty calls are under way. */
const drainLoops = 4;

const [contender = 'hookport', folder = '.'] = process.argv.slice(2) as [QueueContender?, string?];
const opened = contender === 'hookport' ? await openHookport(folder) : await openFauxqs(contender, folder);
answerAll<Partial<Answers>>(
  { port: opened.port },
  (question) => answer(opened, question as Question),
  () => opened.close(),
);

async function answer({ queue, ...rest }: OpenedQueue, question: Question): Promise<Partial<Answers>> {
  const send = async () => {
    const sent = await queue.send(message);
    if (!sent.ok) throw new Error(sent.message);
    return 1;
  };
  const drain = async () => {
    const received = await queue.receive({ maxMessages: 10, waitSeconds: 0 });
    await Promise.all(received.map(({ receiptHandle }) => queue.delete(receiptHandle)));
    return received.length;
  };
  if ('measure' in question) return { rates: await measureRates(question.measure, send, drain, drainLoops) };
  if ('fill' in question) await rest.fill(question.fill);
  if ('empty' in question) while ((await drain()) > 0);
  if (!('memory' in question)) return { done: true };
  // What the last step left goes first.
  globalThis.gc?.();
  await sleep(100);
  return { mib: process.memoryUsage.rss() / 2 ** 20 };
}
