import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AppendFile, openAppendFile } from '../../../../src/queue/embedded/intake/append-file.ts';
import { createContentsReader } from '../../../../src/queue/embedded/intake/contents.ts';
import { openLogFile } from '../../../../src/queue/embedded/intake/log-file.ts';
import {
  makeLogFolder,
  segmentBytes,
  segmentFile,
  segmentsIn,
  spareFile,
  startOfSegment,
} from '../../../../src/queue/embedded/intake/segments.ts';
import { makeSpare } from '../../../../src/queue/embedded/intake/spare.ts';
import type { EmbeddedQueue } from '../../../../src/queue/embedded/embedded-queue.ts';
import type { ReceivedMessage } from '../../../../src/queue/queue.ts';
import { queuePlan } from '../../../contract/queue.ts';
import { type InProcessQueues, openInProcess, removeFolder, temporaryFolder } from '../in-process.ts';

const q = queuePlan('q', { visibilityTimeoutSeconds: 43_200 });

let folder: string;
let logFolder: string;
beforeEach(() => {
  folder = temporaryFolder();
  logFolder = join(folder, 'intake');
});
afterEach(() => removeFolder(folder));

/** Fifteen stand in a segment. */
const mebibyte = (name: string) => name.padEnd(2 ** 20, '.');
const nameIn = ({ body }: { body: string }) => body.replace(/\.+$/, '');

async function fill(queue: EmbeddedQueue, names: readonly string[]): Promise<void> {
  for (const name of names) expect((await queue.send({ body: mebibyte(name), attributes: {} })).ok).toBe(true);
}

async function receiveAll(queue: EmbeddedQueue): Promise<ReceivedMessage[]> {
  const all: ReceivedMessage[] = [];
  for (;;) {
    const some = await queue.receive({ maxMessages: 10, waitSeconds: 0 });
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/** Lets the engine look what it needs, and go on with that. */
async function sweep(opened: InProcessQueues): Promise<void> {
  opened.pass(10_001);
  await opened.queues.queue('q').depth();
}

const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `m${from + index}`);
const notes = () => {
  const database = new DatabaseSync(join(folder, 'queues.db'), { readOnly: true });
  const rows = database.prepare('SELECT position, length(body) AS length FROM message ORDER BY id').all();
  database.close();
  return rows.map(({ position, length }) => (position === null ? Number(length) : 'in the log'));
};

/** As a disk does that loses a bit. */
function damage(segment: number, text: string): void {
  const file = segmentFile(logFolder, segment);
  const bytes = readFileSync(file);
  bytes[bytes.indexOf(text)]! ^= 1;
  writeFileSync(file, bytes);
}

describe('the intake log', () => {
  test('keeps what messages hold, which the database does not copy', async () => {
    const opened = await openInProcess([q], { folder });
    await fill(opened.queues.queue('q'), numbered(0, 3));
    expect(await opened.queues.queue('q').depth()).toMatchObject({ visible: 3 });
    expect(notes()).toEqual(['in the log', 'in the log', 'in the log']);
    expect((await receiveAll(opened.queues.queue('q'))).map(nameIn)).toEqual(numbered(0, 3));
    await opened.close();
  });

  test('is listed by pages of no more than 8 MiB', async () => {
    const opened = await openInProcess([q], { folder });
    await fill(opened.queues.queue('q'), numbered(0, 10));
    const { messages, next } = await opened.queues.queue('q').list({ limit: 100 });
    expect(messages.map(nameIn)).toEqual(numbered(0, 8));
    expect((await opened.queues.queue('q').list({ limit: 100, after: next! })).messages.map(nameIn)).toEqual([
      'm8',
      'm9',
    ]);
    await opened.close();
  });

  test('goes from segment to segment, and keeps those in which messages stand over a restart', async () => {
    const first = await openInProcess([q], { folder });
    await fill(first.queues.queue('q'), numbered(0, 31));
    await sweep(first);
    expect(segmentsIn(logFolder)).toHaveLength(3);
    await first.close();
    const again = await openInProcess([q], { folder });
    expect(segmentsIn(logFolder)).toHaveLength(3);
    expect((await receiveAll(again.queues.queue('q'))).map(nameIn)).toEqual(numbered(0, 31));
    await again.close();
  });

  test('gives segments free whose messages are gone: one is kept for the next, the others are removed', async () => {
    const opened = await openInProcess([q], { folder });
    const queue = opened.queues.queue('q');
    await fill(queue, numbered(0, 46));
    const [first] = segmentsIn(logFolder);
    const { ino } = statSync(segmentFile(logFolder, first!));
    for (const { receiptHandle } of await receiveAll(queue)) await queue.delete(receiptHandle);
    await expect
      .poll(async () => {
        await sweep(opened);
        return readdirSync(logFolder);
      })
      .toEqual([expect.stringMatching(/^\d{10}\.log$/), 'spare.log']);
    expect(statSync(spareFile(logFolder)).ino).toBe(ino);
    await fill(queue, numbered(46, 61));
    expect(existsSync(spareFile(logFolder))).toBe(false);
    const newest = segmentsIn(logFolder).at(-1)!;
    expect(statSync(segmentFile(logFolder, newest)).ino).toBe(ino);
    expect((await receiveAll(queue)).map(nameIn)).toEqual(numbered(46, 61));
    await opened.close();
  });

  test('loses no segment before the deletes are on the disk that made it unneeded', async () => {
    let gate: Promise<void> | undefined;
    let syncs = 0;
    const beforeSync = async () => {
      await gate;
      syncs += 1;
    };
    const opened = await openInProcess([q], { folder, beforeSync });
    const queue = opened.queues.queue('q');
    await fill(queue, numbered(0, 16));
    const [first, second] = segmentsIn(logFolder);
    for (const { receiptHandle } of (await receiveAll(queue)).slice(0, 15)) await queue.delete(receiptHandle);
    const before = syncs;
    await expect.poll(() => syncs).toBeGreaterThan(before);
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    for (let looks = 0; looks < 5; looks++) await sweep(opened);
    expect(segmentsIn(logFolder)).toEqual([first, second]);
    resolve();
    await expect.poll(() => segmentsIn(logFolder)).toEqual([second]);
    await opened.close();
  });

  test('is not kept for few: they are brought into the database, and stay what they are', async () => {
    const opened = await openInProcess([q], { folder });
    const queue = opened.queues.queue('q');
    const attributes = { a: { dataType: 'String', stringValue: 'é"' } };
    await fill(queue, numbered(0, 7));
    await queue.send({ body: 'few é😀', attributes });
    await fill(queue, numbered(7, 16));
    const [segment] = segmentsIn(logFolder);
    const received = await receiveAll(queue);
    for (const message of received) if (message.body.length > 10) await queue.delete(message.receiptHandle);
    await expect
      .poll(async () => {
        await sweep(opened);
        return segmentsIn(logFolder);
      })
      .not.toContain(segment);
    // Characters.
    expect(notes()).toEqual([6]);
    expect((await queue.list({ limit: 10 })).messages).toMatchObject([{ body: 'few é😀', attributes }]);
    opened.pass(43_200_000);
    expect(await queue.receive({ maxMessages: 1, waitSeconds: 0 })).toMatchObject([
      { messageId: received[7]!.messageId, body: 'few é😀', attributes, receiveCount: 2 },
    ]);
    await opened.close();
  });

  test('is kept for many, beside segments that go', async () => {
    const opened = await openInProcess([q], { folder });
    const queue = opened.queues.queue('q');
    await fill(queue, numbered(0, 31));
    const [first, second, third] = segmentsIn(logFolder);
    const received = await receiveAll(queue);
    for (const { receiptHandle } of received.slice(15, 30)) await queue.delete(receiptHandle);
    await expect
      .poll(async () => {
        await sweep(opened);
        return segmentsIn(logFolder);
      })
      .toEqual([first, third]);
    expect(second).toBe(first! + 1);
    expect(notes()).toEqual(Array(16).fill('in the log'));
    await opened.close();
  });

  test('of a dead letter needs no segment: it is brought in when it is moved', async () => {
    const plan = [q, queuePlan('dlq')];
    const opened = await openInProcess(plan, { folder });
    const queue = opened.queues.queue('q');
    await queue.send({ body: 'bad', attributes: { a: { dataType: 'String', stringValue: '1' } } });
    const [message] = await queue.receive({ maxMessages: 1, waitSeconds: 0 });
    const reason = { Reason: { dataType: 'String', stringValue: 'signature_mismatch' } };
    await queue.moveTo(opened.queues.queue('dlq'), message!, reason);
    const { messages } = await opened.queues.queue('dlq').list({ limit: 1 });
    expect(messages).toMatchObject([
      { body: 'bad', attributes: { a: { dataType: 'String', stringValue: '1' }, ...reason } },
    ]);
    expect(notes()).toEqual([3]);
    await opened.close();
  });

  test('of a dead letter that the disk lost since it was received leaves that where it is, and nothing else', async () => {
    const opened = await openInProcess([q, queuePlan('dlq')], { folder });
    const [queue, deadLetters] = [opened.queues.queue('q'), opened.queues.queue('dlq')];
    for (const body of ['damaged', 'whole']) await queue.send({ body, attributes: {} });
    const received = await receiveAll(queue);
    damage(segmentsIn(logFolder)[0]!, 'damaged');
    const reason = { Reason: { dataType: 'String', stringValue: 'signature_mismatch' } };
    await Promise.all(received.map((message) => queue.moveTo(deadLetters, message, reason)));
    expect((await deadLetters.list({ limit: 10 })).messages.map(nameIn)).toEqual(['whole']);
    expect(await deadLetters.depth()).toMatchObject({ visible: 1 });
    expect(await queue.depth()).toMatchObject({ inFlight: 1 });
    await opened.close();
  });

  test('that does not hold what was written into it is told of; no message is taken for gone, and others are handed over', async () => {
    const opened = await openInProcess([q], { folder });
    const queue = opened.queues.queue('q');
    const damaged = await queue.send({ body: 'damaged', attributes: {} });
    await queue.send({ body: 'whole', attributes: {} });
    expect(await queue.depth()).toMatchObject({ visible: 2 });
    damage(segmentsIn(logFolder)[0]!, 'damaged');
    const warned = once(process, 'warning') as Promise<[Error]>;
    const received = await queue.receive({ maxMessages: 10, waitSeconds: 0 });
    expect(received.map(nameIn)).toEqual(['whole']);
    const [{ message }] = await warned;
    expect(message).toContain(damaged.ok && damaged.messageId);
    expect(message).toMatch(/cannot be read: .* the disk lost it/);
    expect(await queue.depth()).toMatchObject({ inFlight: 2 });
    const first = await queue.list({ limit: 1 });
    expect(first).toEqual({ messages: [], next: expect.any(String) });
    expect((await queue.list({ limit: 1, after: first.next! })).messages.map(nameIn)).toEqual(['whole']);
    await opened.close();
  });

  test('is given back beside a message that the disk lost, which keeps its own segment alone', async () => {
    const opened = await openInProcess([q], { folder });
    const queue = opened.queues.queue('q');
    await fill(queue, numbered(0, 46));
    const [first, second, third, last] = segmentsIn(logFolder);
    const kept = new Set(['m3', 'm5', 'm31']);
    for (const message of await receiveAll(queue))
      if (!kept.has(nameIn(message))) await queue.delete(message.receiptHandle);
    damage(first!, 'm3.');
    await expect
      .poll(async () => {
        await sweep(opened);
        return segmentsIn(logFolder);
      })
      .toEqual([first, last]);
    expect([second, third]).toEqual([first! + 1, first! + 2]);
    expect(notes()).toEqual(['in the log', 2 ** 20, 2 ** 20]);
    expect((await queue.list({ limit: 10 })).messages.map(nameIn)).toEqual(['m5', 'm31']);
    await opened.close();
  });

  test('of which a start finds segments that nobody needs loses them', async () => {
    await (await openInProcess([q], { folder })).close();
    for (const number of [1, 2 ** 22]) writeFileSync(segmentFile(logFolder, number), 'left over');
    const opened = await openInProcess([q], { folder });
    await opened.queues.queue('q').send({ body: 'x', attributes: {} });
    expect(segmentsIn(logFolder)).toHaveLength(1);
    await opened.close();
  });
});

const synced = (file: AppendFile) =>
  new Promise<Error | null>((resolve) => {
    file.sync(resolve);
  });

describe('the file that a writer appends to', () => {
  test('is written over the end of a segment, and both are synced', async () => {
    makeLogFolder(logFolder);
    const file = openAppendFile(logFolder);
    const bytes = Buffer.from('0123456789');
    file.write([bytes], startOfSegment(8) - 4);
    expect(await synced(file)).toBeNull();
    file.close();
    const log = openLogFile(logFolder);
    const target = Buffer.alloc(20);
    expect(log.read(target, 10, startOfSegment(8) - 4)).toBe(10);
    expect(target.toString('latin1', 0, 10)).toBe('0123456789');
    expect(log.read(target, 10, startOfSegment(9))).toBe(0);
    log.close();
    expect(statSync(segmentFile(logFolder, 7)).size).toBe(segmentBytes);
  });

  test('goes back to an earlier segment for what was refused there', async () => {
    makeLogFolder(logFolder);
    const file = openAppendFile(logFolder);
    file.write([Buffer.from('aabb')], startOfSegment(8) - 2);
    file.write([Buffer.from('AABB')], startOfSegment(8) - 2);
    expect(await synced(file)).toBeNull();
    file.close();
    const log = openLogFile(logFolder);
    const target = Buffer.alloc(4);
    log.read(target, 4, startOfSegment(8) - 2);
    expect(target.toString()).toBe('AABB');
    log.close();
  });

  test('takes over a spare segment, made in advance in full length and for its owner alone', () => {
    makeLogFolder(logFolder);
    makeSpare(logFolder);
    expect(readdirSync(logFolder)).toEqual(['spare.log']);
    const { ino, size, mode } = statSync(spareFile(logFolder));
    expect([size, mode & 0o777]).toEqual([segmentBytes, 0o600]);
    const file = openAppendFile(logFolder);
    file.write([Buffer.from('x')], startOfSegment(3));
    file.close();
    expect(statSync(segmentFile(logFolder, 3)).ino).toBe(ino);
    expect(readdirSync(logFolder)).toEqual(['0000000003.log']);
  });
});

describe('what a record holds', () => {
  test('is not read from a segment that is gone, or holds something else by now', () => {
    makeLogFolder(logFolder);
    const log = openLogFile(logFolder);
    const contents = createContentsReader(log);
    expect(contents({ position: startOfSegment(3), length: 100 })).toBeUndefined();
    makeSpare(logFolder);
    const file = openAppendFile(logFolder);
    file.write([Buffer.from('x')], startOfSegment(3));
    file.close();
    expect(contents({ position: startOfSegment(3), length: 100 })).toBeUndefined();
    log.close();
  });
});

describe.skipIf(!existsSync('/proc/self/fd'))('of the segments', () => {
  /** How many files of the log this process has open. */
  const openFiles = () =>
    readdirSync('/proc/self/fd').filter((name) => {
      const path = `/proc/self/fd/${name}`;
      return existsSync(path) && readlinkSync(path).startsWith(logFolder);
    }).length;

  test('a writer has each open once, however often a full disk has it try again, and after a sync the last alone', async () => {
    makeLogFolder(logFolder);
    const file = openAppendFile(logFolder);
    for (let tries = 0; tries < 10; tries++) file.write([Buffer.from('aabb')], startOfSegment(8) - 2);
    expect(openFiles()).toBe(2);
    expect(await synced(file)).toBeNull();
    expect(openFiles()).toBe(1);
    file.close();
    expect(openFiles()).toBe(0);
  });

  test('a reader has the last 32 open, and none that was given back', () => {
    makeLogFolder(logFolder);
    for (let number = 1; number <= 40; number++) writeFileSync(segmentFile(logFolder, number), 'x');
    const log = openLogFile(logFolder);
    for (let number = 1; number <= 40; number++) log.read(Buffer.alloc(1), 1, startOfSegment(number));
    expect(openFiles()).toBe(32);
    log.free(40);
    log.free(39);
    expect(openFiles()).toBe(30);
    log.close();
    expect(openFiles()).toBe(0);
  });
});
