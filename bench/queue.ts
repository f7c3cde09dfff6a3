import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEmbeddedQueues } from '../src/queue/embedded/open.ts';
import type { Queue } from '../src/queue/queue.ts';
import { openFauxqs } from './fauxqs-in-process.ts';

/**
 * How fast the embedded queue is in this process: durable sends with 64 senders, receive(10) and delete, at no backlog
 * and at a large one, memory, and the WAL under sustained load; beside it fauxqs, in memory and persisted.
 * Prints lines to read on standard error and one JSON object on standard output.
 */
const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    backlog: { type: 'string', default: '200000' },
    sustained: { type: 'string', default: '60' },
    peers: { type: 'boolean', default: false },
  },
});
const seconds = Number(options.seconds);
const backlog = Number(options.backlog);

const body = JSON.stringify({ event: 'push', text: 'x'.repeat(2048 - 30) }).padEnd(2048);
const attributes = {
  Headers: { dataType: 'String', stringValue: `x-github-event: push\nx-signature: ${'a'.repeat(64)}\n` },
};
const message = { body, attributes };

interface Rate {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

const results: Record<string, unknown> = {};
const report = (name: string, result: object) => {
  results[name] = result;
  console.error(name.padEnd(34), JSON.stringify(result));
};
const rssMb = () => Math.round(process.memoryUsage().rss / 2 ** 20);

/** Runs `work` in so many loops at once; each call counts for what it returns. */
async function rate(loops: number, stop: (count: number) => boolean, work: () => Promise<number>): Promise<Rate> {
  const times: number[] = [];
  let count = 0;
  const began = performance.now();
  const loop = async () => {
    while (!stop(count)) {
      const start = performance.now();
      // Not `count += await …`, which would add to what the count was before.
      const done = await work();
      count += done;
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: loops }, loop));
  const elapsed = (performance.now() - began) / 1000;
  const sorted = Float64Array.from(times).toSorted();
  const at = (share: number) => Number((sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(2));
  return { perSecond: Math.round(count / elapsed), p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

const send = (queue: Queue) => async () => {
  const sent = await queue.send(message);
  if (!sent.ok) throw new Error(sent.message);
  return 1;
};

const drain = (queue: Queue) => async () => {
  const received = await queue.receive({ maxMessages: 10, waitSeconds: 0 });
  await Promise.all(received.map(({ receiptHandle }) => queue.delete(receiptHandle)));
  return received.length;
};

const forSeconds = (length: number) => {
  const end = performance.now() + length * 1000;
  return () => performance.now() > end;
};

const folder = mkdtempSync(join(tmpdir(), 'hookport-bench-'));
const queues = await openEmbeddedQueues({
  folder,
  queues: [
    {
      name: 'bench',
      retentionSeconds: 604_800,
      visibilityTimeoutSeconds: 300,
      maxMessageBytes: 1_044_480,
      receiveWaitSeconds: 0,
    },
  ],
});
const queue = queues.queue('bench');
const walMb = () => Math.round(statSync(join(folder, 'queues.db-wal')).size / 2 ** 20);
try {
  await rate(64, forSeconds(1), send(queue));
  report('embedded: send, 1 sender', await rate(1, forSeconds(seconds), send(queue)));
  const base = await rate(64, forSeconds(seconds), send(queue));
  report('embedded: send, 64 senders', base);
  const { visible } = await queue.depth();
  report('embedded: receive(10) + delete', await rate(4, (count) => count >= visible * 0.9, drain(queue)));
  await queue.purge();

  const rssBefore = rssMb();
  report(`embedded: fill to ${backlog}`, await rate(64, (count) => count >= backlog - 64, send(queue)));
  report('embedded: send at that backlog', await rate(64, forSeconds(seconds), send(queue)));
  report('embedded: memory', { rssMbBefore: rssBefore, rssMbAtBacklog: rssMb(), grownMb: rssMb() - rssBefore });
  const inFlight = await rate(4, forSeconds(seconds), drain(queue));
  report('embedded: drain at that backlog', inFlight);
  const purge = performance.now();
  const purging = queue.purge();
  report('embedded: send while purging', await rate(64, forSeconds(Math.min(seconds, 2)), send(queue)));
  report('embedded: purge', {
    messages: await purging,
    seconds: Number(((performance.now() - purge) / 1000).toFixed(1)),
  });

  if (Number(options.sustained) > 0) {
    let largestWalMb = 0;
    const watch = setInterval(() => (largestWalMb = Math.max(largestWalMb, walMb())), 20);
    const stop = forSeconds(Number(options.sustained));
    const [sent, drained] = await Promise.all([rate(64, stop, send(queue)), rate(4, stop, drain(queue))]);
    clearInterval(watch);
    report('embedded: sustained sends', { ...sent, drainedPerSecond: drained.perSecond, largestWalMb, rssMb: rssMb() });
  }
} finally {
  const began = performance.now();
  await queues.close();
  report('embedded: close', { seconds: Number(((performance.now() - began) / 1000).toFixed(2)) });
  rmSync(folder, { recursive: true, force: true });
}

if (options.peers)
  for (const mode of ['memory', 'persisted'] as const) {
    const fauxqs = await openFauxqs(mode);
    try {
      report(`fauxqs ${mode}: send, 64 senders`, await rate(64, (count) => count >= 10_000, send(fauxqs.queue)));
      report(`fauxqs ${mode}: receive(10) + delete`, await rate(4, (count) => count >= 9_000, drain(fauxqs.queue)));
    } finally {
      await fauxqs.close();
    }
  }

console.log(JSON.stringify(results, null, 2));
