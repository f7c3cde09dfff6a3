import { once } from 'node:events';
import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

test.runIf(process.platform === 'linux')('a thread that gives way leaves the others as they are', async () => {
  const before = getPriority();
  const thread = new Worker(new URL('./fixtures/giving-way.ts', import.meta.url));
  const [[inside]] = await Promise.all([once(thread, 'message'), once(thread, 'exit')]);
  expect(inside).toBe(5);
  expect(getPriority()).toBe(before);
});
