import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createCheckpoints } from '../../../src/queue/embedded/checkpoints.ts';
import { walLimitPages } from '../../../src/queue/embedded/database.ts';

test('a pass that copies nothing, as on a full disk or beside a reader that stays, is not tried again at once', async () => {
  let passes = 0;
  const database = new DatabaseSync(':memory:');
  const checkpoints = createCheckpoints({
    database,
    async pass() {
      passes += 1;
      await sleep(1);
    },
    look: () => ({ pages: walLimitPages + 1, left: walLimitPages }),
    room: () => 2 ** 40,
  });
  void checkpoints.written(2 ** 20);
  await sleep(100);
  expect(passes).toBe(1);
  void checkpoints.written(2 ** 20);
  await sleep(20);
  expect(passes).toBe(2);
  checkpoints.stop();
  database.close();
});

test('a writer that is faster than the disk waits for the pass that is under way, so that the WAL has a bound', async () => {
  let wal = { pages: 2 * walLimitPages, left: 2 * walLimitPages };
  let endPass: (() => void) | undefined;
  const database = new DatabaseSync(':memory:');
  const checkpoints = createCheckpoints({
    database,
    pass: () => new Promise((resolve) => (endPass = resolve)),
    look: () => wal,
    room: () => 2 ** 40,
  });
  expect(checkpoints.written(2 ** 20)).toBeUndefined();
  wal = { pages: 3 * walLimitPages, left: 3 * walLimitPages };
  const held = checkpoints.written(2 ** 20);
  let released = false;
  const releasing = held?.then(() => (released = true));
  await sleep(10);
  expect(held).toBeInstanceOf(Promise);
  expect(released).toBe(false);
  endPass?.();
  await releasing;
  checkpoints.stop();
  database.close();
});
