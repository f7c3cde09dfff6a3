import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createPoller } from '../../src/consumer/poller.ts';
import type { Queue, ReceivedMessage } from '../../src/queue/queue.ts';
import { received } from '../fakes/source.ts';
import { heapUsed } from '../local/http/heap-used.ts';

/** A queue that never runs dry. */
function endlessQueue(): Queue {
  return {
    name: 'endless',
    receive: async ({ maxMessages }: { maxMessages: number }) => {
      await sleep(1);
      return Array.from({ length: maxMessages }, () => received());
    },
  } as unknown as Queue;
}

test('others start while runs are settled, twice as many in all at most, and a stop waits for both', async () => {
  let started = 0;
  const settle: (() => void)[] = [];
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const poller = createPoller({
    queue: endlessQueue(),
    visibilityTimeoutSeconds: 30,
    waitSeconds: 0,
    concurrency: 2,
    batch: { size: 1, windowSeconds: 0 },
    received: (_message: ReceivedMessage) => undefined,
    run: async () => {
      started += 1;
      return { settled: new Promise((resolve) => settle.push(resolve)) };
    },
    isLastReceive: () => false,
    giveBack: async () => undefined,
    clock: () => performance.now(),
    log,
  });
  // Four that are settled, and none more until one is.
  await expect.poll(() => started).toBe(4);
  await sleep(30);
  expect(started).toBe(4);
  settle.shift()?.();
  await expect.poll(() => started).toBe(5);
  await sleep(30);
  expect(started).toBe(5);
  const stop = poller.stop();
  expect(await Promise.race([stop, sleep(30, 'still settling')])).toBe('still settling');
  const settleAll = setInterval(() => settle.splice(0).map((each) => each()), 1);
  await stop;
  clearInterval(settleAll);
});

test('what others do while one runs for hours takes no memory that lasts as long', async () => {
  const message = received();
  const longest = Promise.withResolvers<{ settled: Promise<void> }>();
  const enough = Promise.withResolvers<void>();
  const held: number[] = [];
  let started = 0;
  const poller = createPoller({
    queue: { name: 'endless', receive: async () => [message] } as unknown as Queue,
    visibilityTimeoutSeconds: 30,
    waitSeconds: 0,
    concurrency: 2,
    batch: { size: 1, windowSeconds: 0 },
    received: (_message: ReceivedMessage) => undefined,
    async run() {
      started += 1;
      if (started === 1) return longest.promise;
      if (started === 1000 || started === 31_000) held.push(heapUsed());
      if (started === 31_000) enough.resolve();
      await setImmediate();
      return { settled: Promise.resolve() };
    },
    isLastReceive: () => false,
    giveBack: async () => undefined,
    clock: () => performance.now(),
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
  await enough.promise;
  const stopped = poller.stop();
  longest.resolve({ settled: Promise.resolve() });
  await stopped;
  const [early = 0, late = 0] = held;
  expect(late - early).toBeLessThan(1_000_000);
});
