import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadEarly } from '../../../src/consumer/lambda/load-early.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Whether the start of a function is over, which waits for this. */
function startsWith(load: Promise<unknown>): { over: boolean } {
  const start = { over: false };
  void loadEarly(() => load).then(() => (start.over = true));
  return start;
}

test('a function has started when its handler is loaded', async () => {
  const loading = Promise.withResolvers<unknown>();
  const start = startsWith(loading.promise);
  await vi.advanceTimersByTimeAsync(5000);
  expect(start.over).toBe(false);
  loading.resolve({});
  await vi.advanceTimersByTimeAsync(0);
  expect(start.over).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test('it has started after eight seconds though its handler still loads: after ten, Lambda would begin anew', async () => {
  const start = startsWith(new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(7999);
  expect(start.over).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(start.over).toBe(true);
});

test('it starts beside a handler that does not load, which its first delivery tells', async () => {
  const start = startsWith(Promise.reject(new Error('no database')));
  await vi.advanceTimersByTimeAsync(0);
  expect(start.over).toBe(true);
});
