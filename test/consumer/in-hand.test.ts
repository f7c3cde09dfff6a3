import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createInHand, type InHand } from '../../src/consumer/in-hand.ts';
import type { ReceivedMessage } from '../../src/queue/queue.ts';
import { createLogFake } from '../fakes/log.ts';
import { createFakeQueue, type FakeQueue } from '../fakes/queue.ts';

let queue: FakeQueue;
let inHand: InHand;
let message: ReceivedMessage;
beforeEach(async () => {
  vi.useFakeTimers({ now: 0 });
  queue = createFakeQueue();
  queue.put('body', {});
  inHand = createInHand({ queue, visibilityTimeoutSeconds: 100, clock: Date.now, log: createLogFake() });
  message = await queue.take(100);
  inHand.add(message);
});
afterEach(() => {
  inHand.close();
  vi.useRealTimers();
});

const renewals = () => queue.calls.filter(({ operation }) => operation === 'changeVisibility').length;

describe('a message in hand', () => {
  test('is ours for as long as its visibility lasts, and the queue is asked only where that is too short', async () => {
    expect(await inHand.reserve(message, 100_000)).toBe(true);
    expect(renewals()).toBe(0);
    vi.setSystemTime(40_000);
    expect(await inHand.reserve(message, 60_001)).toBe(true);
    expect(renewals()).toBe(1);
    expect(queue.messages[0]?.visibleAt).toBe(140_000);
  });

  test('is not ours for longer than the queue gives it at once', async () => {
    expect(await inHand.reserve(message, 100_001)).toBe(false);
  });

  test('is not ours where the queue does not say so', async () => {
    queue.fail('changeVisibility', 1);
    vi.setSystemTime(40_000);
    expect(await inHand.reserve(message, 60_001)).toBe(false);
  });

  test('past its time is not ours, whatever the queue says by then: somebody else may have had it meanwhile', async () => {
    vi.setSystemTime(100_000);
    expect(await inHand.reserve(message, 1)).toBe(false);
    expect(renewals()).toBe(0);
  });
});
