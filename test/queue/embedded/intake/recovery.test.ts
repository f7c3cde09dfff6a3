import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  cpSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { QueuePlan } from '../../../../src/plan/plan.ts';
import { openDatabase } from '../../../../src/queue/embedded/database.ts';
import type { EmbeddedQueue } from '../../../../src/queue/embedded/embedded-queue.ts';
import { openAppendFile } from '../../../../src/queue/embedded/intake/append-file.ts';
import { createContentsReader } from '../../../../src/queue/embedded/intake/contents.ts';
import { openLogFile } from '../../../../src/queue/embedded/intake/log-file.ts';
import { createIntakeReader } from '../../../../src/queue/embedded/intake/reader.ts';
import { writePadding } from '../../../../src/queue/embedded/intake/record.ts';
import {
  makeLogFolder,
  segmentFile,
  segmentName,
  segmentOf,
  segmentsIn,
  startOfSegment,
} from '../../../../src/queue/embedded/intake/segments.ts';
import { createTakeOver } from '../../../../src/queue/embedded/intake/take-over.ts';
import { createIntakeWriter, mostAheadBytes } from '../../../../src/queue/embedded/intake/writer.ts';
import { createLogSpace } from '../../../../src/queue/embedded/log-space.ts';
import { createMessages } from '../../../../src/queue/embedded/messages.ts';
import { createStore } from '../../../../src/queue/embedded/store.ts';
import { queuePlan } from '../../../contract/queue.ts';
import { openInProcess, removeFolder, startOfTime, temporaryFolder } from '../in-process.ts';

const [q, other] = [queuePlan('q'), queuePlan('other')];

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => removeFolder(folder));

const logFolder = () => join(folder, 'intake');

/** What a process leaves that ended after it acknowledged these, before its engine had taken over any. */
function leaveInLog(plan: readonly QueuePlan[], names: readonly string[], queue = 'q'): Promise<void> {
  return leaveBatches(plan, [names], queue);
}

/** The same of several batches, each written when the one before was on the disk. */
async function leaveBatches(
  plan: readonly QueuePlan[],
  batches: readonly (readonly string[])[],
  queue = 'q',
): Promise<void> {
  const database = openDatabase(join(folder, 'queues.db'));
  const store = createStore(database, plan, startOfTime);
  makeLogFolder(logFolder());
  const file = openAppendFile(logFolder());
  const writer = createIntakeWriter({
    file,
    at: store.intake,
    announce: () => undefined,
    catchUp: () => Promise.reject(new Error('nobody is there')),
    broken(error) {
      throw error;
    },
  });
  const { id } = store.queues.get(queue)!;
  const sentAt = startOfTime + 1000;
  for (const names of batches)
    await Promise.all(
      names.map((name) =>
        writer.send({
          queue: id,
          messageId: randomUUID(),
          attributes: '{}',
          delayMs: 0,
          sentAt,
          body: Buffer.from(name),
        }),
      ),
    );
  file.close();
  database.close();
}

async function bodies(queue: EmbeddedQueue): Promise<string[]> {
  const all: string[] = [];
  for (let after: string | undefined; ;) {
    const page = await queue.list({ limit: 1000, ...(after !== undefined && { after }) });
    all.push(...page.messages.map(({ body }) => body));
    if (page.next === undefined) return all;
    after = page.next;
  }
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

describe('what was acknowledged and not yet in the database', () => {
  test('is there at the next start, in its order and as old as it is, and not again at the one after', async () => {
    // More than one step takes.
    await leaveInLog([q], numbered(3000));
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
    await leaveInLog([q, other], ['a', 'b'], 'other');
    const without = await openInProcess([q], { folder });
    await without.close();
    const again = await openInProcess([q, other], { folder });
    expect(await bodies(again.queues.queue('other'))).toEqual(['a', 'b']);
    await again.close();
  });

  test('ends before a record that was not written whole', async () => {
    await leaveInLog([q], ['a', 'b', 'c']);
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

  test('is not taken from the log of a database that was removed', async () => {
    await leaveInLog([q], ['a', 'b']);
    for (const name of readdirSync(folder)) if (name.startsWith('queues.db')) rmSync(join(folder, name));
    const again = await openInProcess([q], { folder });
    expect(await bodies(again.queues.queue('q'))).toEqual([]);
    await again.close();
  });

  test('is lost with a log that was removed before it was taken over, and nothing else is', async () => {
    await leaveInLog([q], ['a', 'b']);
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
      await leaveInLog([q], numbered(3000));
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

describe('what the disk has damaged of it', () => {
  const headBytes = 72;

  /** Changes the record that holds a text: one bit of that, or all of it. */
  function damage(text: string, how: 'a bit' | 'all of it', segment = segmentsIn(logFolder())[0]!): void {
    const file = segmentFile(logFolder(), segment);
    const bytes = readFileSync(file);
    const at = bytes.indexOf(text);
    expect(at).toBeGreaterThan(0);
    if (how === 'a bit') bytes[at]! ^= 1;
    else bytes.fill(0, at - headBytes - 2, at + text.length);
    writeFileSync(file, bytes);
  }

  const open = () => openInProcess([q], { folder, now: startOfTime + 2000 });

  test('is told of and counted, and what was acknowledged behind it is there', async () => {
    await leaveBatches([q], [['first', 'damaged', 'beside'], ['behind'], ['last']]);
    damage('damaged', 'a bit');
    const again = await open();
    const queue = again.queues.queue('q');
    const warned = once(process, 'warning') as Promise<[Error]>;
    expect(again.queues.lost).toEqual([
      {
        file: segmentName(segmentsIn(logFolder())[0]!),
        offset: headBytes + '{}first'.length,
        bytes: headBytes + '{}damaged'.length,
        messages: 1,
      },
    ]);
    expect(await bodies(queue)).toEqual(['first', 'beside', 'behind', 'last']);
    expect(await queue.depth()).toEqual({ visible: 5, inFlight: 0, delayed: 0 });
    const received = await queue.receive({ maxMessages: 10, waitSeconds: 0 });
    expect(received.map(({ body }) => body)).toEqual(['first', 'beside', 'behind', 'last']);
    expect((await warned)[0].message).toMatch(/^message [0-9a-f-]{36} cannot be read: .* the disk lost it$/);
    await again.close();
    const later = await open();
    expect(later.queues.lost).toEqual([]);
    expect(await later.queues.queue('q').depth()).toMatchObject({ inFlight: 5 });
    await later.close();
  });

  test('is told of where nothing of it can be read, also in several places', async () => {
    await leaveBatches([q], [['first'], ['damaged'], ['behind'], ['too'], ['last']]);
    damage('damaged', 'all of it');
    damage('too', 'all of it');
    const again = await open();
    expect(again.queues.lost).toMatchObject([
      { bytes: headBytes + '{}damaged'.length, messages: 0 },
      { bytes: headBytes + '{}too'.length, messages: 0 },
    ]);
    expect(await bodies(again.queues.queue('q'))).toEqual(['first', 'behind', 'last']);
    await again.close();
  });

  test('is told of where a whole segment is gone', async () => {
    await (await open()).close();
    endOfSegmentSoon(500);
    await leaveBatches([q], [['x'.repeat(400)], ['last']]);
    const [segment] = segmentsIn(logFolder());
    rmSync(segmentFile(logFolder(), segment!));
    const again = await open();
    expect(again.queues.lost).toMatchObject([{ file: segmentName(segment!), bytes: 500, messages: 0 }]);
    expect(await bodies(again.queues.queue('q'))).toEqual(['last']);
    await again.close();
  });

  test('is not what a loss of power tore: of a batch that was being written any part may be there', async () => {
    await leaveBatches([q], [['first'], ['torn', 'beside', 'last']]);
    damage('torn', 'a bit');
    const again = await open();
    expect(again.queues.lost).toEqual([]);
    expect(await bodies(again.queues.queue('q'))).toEqual(['first']);
    await again.close();
  });

  test('is not what stands in a segment from an earlier use', async () => {
    await leaveBatches([q], [['first'], ['of then'], ['of then too']]);
    const [segment] = segmentsIn(logFolder());
    renameSync(segmentFile(logFolder(), segment!), segmentFile(logFolder(), segment! + 1));
    const again = await open();
    expect(again.queues.lost).toEqual([]);
    expect(await bodies(again.queues.queue('q'))).toEqual([]);
    await again.close();
  });

  test('is not in the log of another database, which is further on than this one can have come', async () => {
    await leaveBatches([q], [['of another'], ['too']]);
    const database = openDatabase(join(folder, 'queues.db'));
    database.exec(`UPDATE queue SET intake = intake - ${mostAheadBytes}`);
    database.close();
    const again = await open();
    expect(again.queues.lost).toEqual([]);
    expect(await bodies(again.queues.queue('q'))).toEqual([]);
    await again.close();
  });
});

describe('what a start takes over', () => {
  test('is synced before the database is: the process before may have ended before it had done so', async () => {
    await leaveInLog([q], ['a', 'b']);
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
    const at = endOfSegmentSoon(500);
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

/** @returns where the log goes on from now on */
function endOfSegmentSoon(bytes: number): number {
  const database = openDatabase(join(folder, 'queues.db'));
  const intake = Number(database.prepare('SELECT max(intake) AS intake FROM queue').get()?.['intake']);
  const at = startOfSegment(segmentOf(intake) + 1) - bytes;
  database.prepare('UPDATE queue SET intake = ?').run(at);
  database.close();
  return at;
}

describe('a segment of the log that is missing', () => {
  test('stops the start, which says so, while messages stand in it', async () => {
    const first = await openInProcess([q], { folder });
    await first.queues.queue('q').send({ body: 'kept', attributes: {} });
    await first.close();
    rmSync(logFolder(), { recursive: true });
    await expect(openInProcess([q], { folder })).rejects.toThrow(
      expect.objectContaining({
        code: 'data_folder_unusable',
        message: expect.stringMatching(/intake\/\d{10}\.log is missing/),
      }),
    );
  });
});
