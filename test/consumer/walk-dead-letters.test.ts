import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { walkDeadLetters } from '../../src/consumer/walk-dead-letters.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { createFakeQueue } from '../fakes/queue.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

test('a walk that outlasts what it hides visits each message all the same, once, and ends', async () => {
  const held = createFakeQueue();
  const put = Array.from({ length: 4000 }, () => held.put('left where it is', {}));
  const slow: Queue = {
    ...held,
    async receive(options) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
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
