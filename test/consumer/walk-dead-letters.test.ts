import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { walkDeadLetters } from '../../src/consumer/walk-dead-letters.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { createFakeQueue } from '../fakes/queue.ts';
import { heapUsed } from '../local/http/heap-used.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

test('a walk that outlasts what it hides visits each message all the same, once, and ends', async () => {
  const held = createFakeQueue();
  const put = Array.from({ length: 400 }, () => held.put('left where it is', {}));
  const slow: Queue = {
    ...held,
    async receive(options) {
      await new Promise((resolve) => setTimeout(resolve, 10_000));
      return held.receive(options);
    },
  };
  const visited: string[] = [];
  const walk = walkDeadLetters(slow, {
    visit: async ({ messageId }) => {
      visited.push(messageId);
      return 'left';
    },
  });
  await vi.runAllTimersAsync();
  await walk;
  expect(visited).toEqual(put);
  expect(await held.depth()).toEqual({ visible: put.length, inFlight: 0, delayed: 0 });
});

test('a walk goes on past one answer without messages: SQS may give none while it still holds some', async () => {
  const held = createFakeQueue();
  const put = [held.put('a', {}), held.put('b', {})];
  let asked = 0;
  const sparing: Queue = {
    ...held,
    receive: async (options) => (asked++ % 2 === 0 ? [] : held.receive({ ...options, maxMessages: 1, waitSeconds: 0 })),
  };
  const visited: string[] = [];
  await walkDeadLetters(sparing, {
    visit: async ({ messageId }) => {
      visited.push(messageId);
      return 'left';
    },
  });
  expect(visited).toEqual(put);
});

test('a walk through more than fits into memory keeps no body of what it leaves', async () => {
  vi.useRealTimers();
  const batches = 40;
  let given = 0;
  const before = heapUsed();
  let most = 0;
  const large = {
    async receive() {
      if (given === batches * 10) return [];
      // Not each time: it takes a second where the process has much else on its heap.
      if (given === batches * 5 || given === batches * 9) most = Math.max(most, heapUsed() - before);
      return Array.from({ length: 10 }, () => {
        const id = `message-${given++}`;
        // Each a text of its own.
        const body = Buffer.alloc(100_000, id).toString();
        return { messageId: id, receiptHandle: `handle of ${id}`, body, attributes: {}, sentAt: 0, receiveCount: 1 };
      });
    },
    changeVisibility: async () => true,
  } as unknown as Queue;
  await walkDeadLetters(large, { visit: async () => 'left', waitSeconds: 0 });
  expect(given).toBe(batches * 10);
  expect(most).toBeLessThan(10_000_000);
});

test('others get their turn between two large messages: a gateway may answer in the same thread', async () => {
  vi.useRealTimers();
  const held = createFakeQueue();
  for (let count = 0; count < 20; count += 1) held.put('x'.repeat(100_000), {});
  let turn = 0;
  let counting = true;
  const count = () => {
    turn += 1;
    if (counting) setImmediate(count);
  };
  setImmediate(count);
  const turns: number[] = [];
  await walkDeadLetters(held, {
    visit: async () => {
      turns.push(turn);
      return 'left';
    },
    waitSeconds: 0,
  });
  counting = false;
  expect(new Set(turns).size).toBe(20);
});
