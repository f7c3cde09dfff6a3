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
  checkpoints.written(2 ** 20);
  await sleep(100);
  expect(passes).toBe(1);
  checkpoints.written(2 ** 20);
  await sleep(20);
  expect(passes).toBe(2);
  checkpoints.stop();
  database.close();
});
