import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createCheckpoints } from '../../../src/queue/embedded/checkpoints.ts';
import { walLimitBytes } from '../../../src/queue/embedded/database.ts';

test('a pass that copies nothing, as on a full disk or beside a reader that stays, is not tried again at once', async () => {
  let passes = 0;
  const database = new DatabaseSync(':memory:');
  const checkpoints = createCheckpoints({
    database,
    async pass() {
      passes += 1;
      await sleep(1);
    },
    look: () => ({ bytes: walLimitBytes + 1, left: walLimitBytes }),
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
  let wal = { bytes: 2 * walLimitBytes, left: 2 * walLimitBytes };
  let endPass: (() => void) | undefined;
  const database = new DatabaseSync(':memory:');
  const checkpoints = createCheckpoints({
    database,
    pass: () => new Promise((resolve) => (endPass = resolve)),
    look: () => wal,
    room: () => 2 ** 40,
  });
  expect(checkpoints.written(2 ** 20)).toBeUndefined();
  wal = { bytes: 3 * walLimitBytes, left: 3 * walLimitBytes };
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
