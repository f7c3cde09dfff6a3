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
  return { database, store, space, messages, bringInAll };
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

test('what cannot be read for want of a descriptor is not taken for lost: it is there once one is free', () => {
  let isFree = false;
  const { database, store, messages, bringInAll, space } = setUp(2, 1000, () => {
    if (isFree) return { attributes: '{}', body: 'whole' };
    throw Object.assign(new Error('EMFILE: too many open files, open'), { code: 'EMFILE' });
  });
  const queue = store.queues.get('q')!;
  const options = { maxMessages: 1, visibilityTimeoutMs: 30_000, untilExit: false };
  const receive = () => store.transaction(() => messages.receive(queue, options, startOfTime)).messages;
  expect(receive).toThrow(/EMFILE/);
  expect(bringInAll).toThrow(/EMFILE/);
  isFree = true;
  const [message] = receive();
  expect(message).toMatchObject({ body: 'whole', receiveCount: 1 });
  isFree = false;
  const move = () => store.transaction(() => messages.move(queue, queue, message!.receiptHandle, '{}', startOfTime));
  expect(move).toThrow(/EMFILE/);
  isFree = true;
  expect(move()).toBe(true);
  bringInAll();
  expect(space.used(segment)).toBe(0);
  database.close();
});
