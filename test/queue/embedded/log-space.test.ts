import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../../src/queue/embedded/database.ts';
import type { ContentsReader } from '../../../src/queue/embedded/intake/contents.ts';
import { startOfSegment } from '../../../src/queue/embedded/intake/segments.ts';
import { createLogSpace } from '../../../src/queue/embedded/log-space.ts';
import { createMessages } from '../../../src/queue/embedded/messages.ts';
import { createStore } from '../../../src/queue/embedded/store.ts';
import { queuePlan } from '../../contract/queue.ts';
import { removeFolder, startOfTime, temporaryFolder } from './in-process.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => removeFolder(folder));

const segment = 7;

/** Messages of that length stand from the beginning of the segment to its end, and one in the next. */
function setUp(count: number, length: number, contents: ContentsReader) {
  const database = openDatabase(join(folder, 'queues.db'));
  const store = createStore(database, [queuePlan('q')], startOfTime);
  const space = createLogSpace(database, contents);
  const messages = createMessages({ store, stamp: (now) => now, contents, space });
  const { id } = store.queues.get('q')!;
  store.transaction(() => {
    const next = startOfSegment(segment + 1);
    for (let position = next - count * length; position <= next; position += length)
      messages.takeOver(
        id,
        { messageId: randomUUID(), sentAt: startOfTime, position, length },
        startOfTime,
        startOfTime,
      );
  });
  /** @returns after how many steps */
  function bringInAll(): number {
    let from: number | undefined = startOfSegment(segment);
    let steps = 0;
    while (from !== undefined && steps < 1000) {
      const at: number = from;
      from = store.transaction(() => space.bringInSome(segment, at));
      steps += 1;
    }
    return steps;
  }
  return { database, space, bringInAll };
}

test('what stands in a segment is brought in by steps of a hundred messages or a mebibyte, what is lost left', () => {
  let lost = 0;
  const lose = Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
  const { database, space, bringInAll } = setUp(250, 1000, ({ position }) => {
    if (position % 3 === 0) {
      lost += 1;
      throw lose;
    }
    return { attributes: '{}', body: `at ${position}` };
  });
  expect(bringInAll()).toBe(3);
  expect(lost).toBeGreaterThan(80);
  expect(space.used(segment)).toBe(lost * 1000);
  expect(space.used(segment + 1)).toBe(1000);
  expect(database.prepare("SELECT count(*) AS count FROM message WHERE body LIKE 'at %'").get()).toEqual({
    count: 250 - lost,
  });
  database.close();
});

test('large messages are brought in one or two at a time', () => {
  const { database, space, bringInAll } = setUp(4, 600_000, () => ({ attributes: '{}', body: 'large' }));
  expect(bringInAll()).toBe(3);
  expect([space.used(segment), space.used(segment + 1)]).toEqual([0, 600_000]);
  expect(space.inUse()).toEqual([segment + 1]);
  database.close();
});

test('large messages that are lost are come past', () => {
  const { database, space, bringInAll } = setUp(3, 2 ** 20, () => undefined);
  expect(bringInAll()).toBe(4);
  expect(space.used(segment)).toBe(3 * 2 ** 20);
  database.close();
});
