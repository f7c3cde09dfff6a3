import { execFileSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../../src/queue/embedded/database.ts';
import { openAppendFile } from '../../../../src/queue/embedded/intake/append-file.ts';
import { createContentsReader } from '../../../../src/queue/embedded/intake/contents.ts';
import { openLogFile } from '../../../../src/queue/embedded/intake/log-file.ts';
import { createIntakeReader } from '../../../../src/queue/embedded/intake/reader.ts';
import { writePadding } from '../../../../src/queue/embedded/intake/record.ts';
import { segmentsIn } from '../../../../src/queue/embedded/intake/segments.ts';
import { createTakeOver } from '../../../../src/queue/embedded/intake/take-over.ts';
import { createLogSpace } from '../../../../src/queue/embedded/log-space.ts';
import { createMessages } from '../../../../src/queue/embedded/messages.ts';
import { createStore } from '../../../../src/queue/embedded/store.ts';
import { queuePlan } from '../../../contract/queue.ts';
import { openInProcess, removeFolder, startOfTime, temporaryFolder } from '../in-process.ts';
import { bodies, endOfSegmentSoon, leaveInLog } from './left-in-log.ts';

const [q, other] = [queuePlan('q'), queuePlan('other')];

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => removeFolder(folder));

const logFolder = () => join(folder, 'intake');

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

describe('what was acknowledged and not yet in the database', () => {
  test('is there at the next start, in its order and as old as it is, and not again at the one after', async () => {
    // More than one step takes.
    await leaveInLog(folder, [q], [numbered(3000)]);
    const again = await openInProcess([q], { folder, now: startOfTime + 86_400_000 });
    expect(await bodies(again.queues.queue('q'))).toEqual(numbered(3000));
    expect(await again.queues.queue('q').depth()).toEqual({ visible: 3000, inFlight: 0, delayed: 0 });
    const [first] = await again.queues.queue('q').receive({ maxMessages: 1, waitSeconds: 0 });
    expect(first).toMatchObject({ body: 'm0', sentAt: startOfTime + 1000, firstReceivedAt: startOfTime + 86_400_000 });
    await again.queues.queue('q').delete(first!.receiptHandle);
    await again.queues.queue('q').send({ body: 'new', attributes: {} });
    await again.close();
    const once = await openInProcess([q], { folder, now: startOfTime + 86_400_000 });
    expect(await bodies(once.queues.queue('q'))).toEqual([...numbered(3000).slice(1), 'new']);
    await once.close();
  });

  test('is kept for a queue that the plan lost meanwhile', async () => {
    await leaveInLog(folder, [q, other], [['a', 'b']], 'other');
    const without = await openInProcess([q], { folder });
    await without.close();
    const again = await openInProcess([q, other], { folder });
    expect(await bodies(again.queues.queue('other'))).toEqual(['a', 'b']);
    await again.close();
  });

  test('ends before a record that was not written whole', async () => {
    await leaveInLog(folder, [q], [['a', 'b', 'c']]);
    const [name = ''] = readdirSync(logFolder());
    const file = join(logFolder(), name);
    const bytes = readFileSync(file);
    // The last byte of the last record; behind it are zeros.
    bytes[bytes.lastIndexOf('c')] = 0;
    writeFileSync(file, bytes);
    const again = await openInProcess([q], { folder });
    expect(await bodies(again.queues.queue('q'))).toEqual(['a', 'b']);
    await again.queues.queue('q').send({ body: 'd', attributes: {} });
    await again.close();
  });

  test.each([
    ['removed', (file: string) => rmSync(file)],
    ['emptied', (file: string) => writeFileSync(file, '')],
  ])('is waited for beside a database that was %s: the start is refused until it is back', async (_, take) => {
    await leaveInLog(folder, [q], [['a', 'b']]);
    const file = join(folder, 'queues.db');
    const database = readFileSync(file);
    writeFileSync(`${file}-wal`, 'what is not in the database yet');
    take(file);
    for (let start = 1; start <= 2; start += 1)
      await expect(openInProcess([q], { folder })).rejects.toMatchObject({
        code: 'data_folder_unusable',
        message: expect.stringMatching(/queues\.db is missing or empty, beside .*intake, which holds what it accepted/),
      });
    expect(readFileSync(`${file}-wal`, 'utf8')).toBe('what is not in the database yet');
    rmSync(`${file}-wal`);
    writeFileSync(file, database);
    const again = await openInProcess([q], { folder });
    expect(await bodies(again.queues.queue('q'))).toEqual(['a', 'b']);
    await again.close();
  });

  test('goes with its log: where both are removed, the queues begin empty', async () => {
    await leaveInLog(folder, [q], [['a', 'b']]);
    rmSync(logFolder(), { recursive: true });
    for (const name of readdirSync(folder)) if (name.startsWith('queues.db')) rmSync(join(folder, name));
    const again = await openInProcess([q], { folder });
    expect(await bodies(again.queues.queue('q'))).toEqual([]);
    await again.close();
  });

  test('is lost with a log that was removed before it was taken over, and nothing else is', async () => {
    await leaveInLog(folder, [q], [['a', 'b']]);
    rmSync(logFolder(), { recursive: true });
    const again = await openInProcess([q], { folder });
    await again.queues.queue('q').send({ body: 'after', attributes: {} });
    expect(await bodies(again.queues.queue('q'))).toEqual(['after']);
    await again.close();
  });
});

describe('on a full disk', () => {
  const mebibyte = 2 ** 20;

  test('it waits in the log: the start goes on, accepts nothing, and goes on with all once there is room', async ({
    skip,
  }) => {
    if (!mountSmallDisk(folder)) return skip('a tmpfs cannot be mounted here: not root');
    try {
      const first = await openInProcess([q], { folder });
      await first.queues.queue('q').send({ body: 'in hand', attributes: {} });
      expect(await first.queues.queue('q').receive({ maxMessages: 1, waitSeconds: 0, untilExit: true })).toHaveLength(
        1,
      );
      await first.close();
      await leaveInLog(folder, [q], [numbered(3000)]);
      // For the shared memory, which is as long, and next to nothing else.
      fillUp(40 * 1024);
      const full = await openInProcess([q], { folder, now: startOfTime + 2000 });
      const queue = full.queues.queue('q');
      const isFull = { code: 'queue_unavailable', message: expect.stringMatching(/full/) };
      await expect(queue.receive({ maxMessages: 1, waitSeconds: 0 })).rejects.toMatchObject(isFull);
      await expect(queue.send({ body: 'refused', attributes: {} })).rejects.toMatchObject(isFull);
      rmSync(join(folder, 'ballast'));
      expect(await queue.send({ body: 'last', attributes: {} })).toMatchObject({ ok: true });
      expect(await bodies(queue)).toEqual(['in hand', ...numbered(3000), 'last']);
      const [again] = await queue.receive({ maxMessages: 1, waitSeconds: 0 });
      expect(again).toMatchObject({ body: 'in hand', receiveCount: 1 });
      await full.close();
    } finally {
      execFileSync('umount', ['-l', folder]);
    }
  });

  test('that has no room for a start either, the start says so', async ({ skip }) => {
    if (!mountSmallDisk(folder)) return skip('a tmpfs cannot be mounted here: not root');
    try {
      await (await openInProcess([q], { folder })).close();
      fillUp(0);
      await expect(openInProcess([q], { folder })).rejects.toMatchObject({
        code: 'data_folder_unusable',
        message: expect.stringMatching(/queues\.db: the disk is full/),
      });
    } finally {
      execFileSync('umount', ['-l', folder]);
    }
  });

  function mountSmallDisk(at: string): boolean {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'hookport-test', at], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }

  /** But for so many bytes, in whole pages. */
  function fillUp(left: number): void {
    const { bavail, bsize } = statfsSync(folder);
    const file = openSync(join(folder, 'ballast'), 'w');
    let size = bavail * bsize - left;
    while (size > 0) size -= writeSync(file, Buffer.alloc(Math.min(size, mebibyte)));
    closeSync(file);
  }
});

describe('what a start takes over', () => {
  test('is synced before the database is: the process before may have ended before it had done so', async () => {
    await leaveInLog(folder, [q], [['a', 'b']]);
    const database = openDatabase(join(folder, 'queues.db'));
    const store = createStore(database, [q], startOfTime);
    const log = openLogFile(logFolder());
    const synced: number[] = [];
    const reader = createIntakeReader({
      ...log,
      sync(segment) {
        log.sync(segment);
        synced.push(segment);
      },
    });
    const contents = createContentsReader(log);
    const messages = createMessages({
      store,
      stamp: (now) => now,
      contents,
      space: createLogSpace(database, contents),
    });
    const recover = () => createTakeOver(reader, store, messages, () => undefined).recover(startOfTime);
    recover();
    expect(synced).toEqual(log.segments());
    recover();
    expect(synced).toHaveLength(1);
    log.close();
    database.close();
  });

  test('is noted even where a segment ends without a message: that one may be given back', async () => {
    const first = await openInProcess([q], { folder });
    await first.close();
    const at = endOfSegmentSoon(folder, 500);
    const bytes = Buffer.alloc(500);
    writePadding(bytes, 0, at, 500);
    const file = openAppendFile(logFolder());
    // What it was written with did not come to the disk.
    file.write([bytes.subarray(0, 500)], at);
    file.close();
    const second = await openInProcess([q], { folder });
    expect(segmentsIn(logFolder())).toEqual([]);
    expect(await second.queues.queue('q').send({ body: 'acknowledged', attributes: {} })).toMatchObject({ ok: true });
    // As a process leaves it that is killed before its engine takes the message over.
    const copy = temporaryFolder();
    cpSync(folder, copy, { recursive: true });
    await second.close();
    const again = await openInProcess([q], { folder: copy });
    expect(await bodies(again.queues.queue('q'))).toEqual(['acknowledged']);
    await again.close();
    removeFolder(copy);
  });
});
