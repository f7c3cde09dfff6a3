import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attributeBytes } from '../../../src/queue/attribute-rules.ts';
import { attachEmbeddedQueues } from '../../../src/queue/embedded/attach.ts';
import { walLimitBytes } from '../../../src/queue/embedded/database.ts';
import { makeSpare } from '../../../src/queue/embedded/intake/spare.ts';
import { openEmbeddedQueues } from '../../../src/queue/embedded/open.ts';
import { queuePlan } from '../../contract/queue.ts';
import { removeFolder, temporaryFolder } from './in-process.ts';

describe('the embedded queues in their threads', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => removeFolder(folder));

  it('serve a client in another thread by a port, and go on when it leaves', async () => {
    const queues = await openEmbeddedQueues({ folder, queues: [queuePlan('requests'), queuePlan('answers')] });
    const port = queues.connect();
    const thread = new Worker(new URL('../../fixtures/queue-client-thread.ts', import.meta.url), {
      workerData: { port },
      transferList: [port],
    });
    const ended = once(thread, 'exit');
    const answers: string[] = [];
    for (const body of ['a', 'b', 'stop']) {
      await queues.queue('requests').send({ body, attributes: {} });
      const [answer] = await queues.queue('answers').receive({ maxMessages: 1, waitSeconds: 20 });
      answers.push(answer!.body);
    }
    expect(answers).toEqual(['re: a', 're: b', 're: stop']);
    expect(await ended).toEqual([0]);
    expect(await queues.queue('requests').depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    await queues.close();
  });

  it('leave a database that is whole after a close: no WAL, and everything in it', async () => {
    const queues = await openEmbeddedQueues({ folder, queues: [queuePlan('q')] });
    const sends = Array.from({ length: 100 }, (_, index) =>
      queues.queue('q').send({ body: `m${index}`, attributes: {} }),
    );
    await queues.close();
    expect((await Promise.all(sends)).every((sent) => sent.ok)).toBe(true);
    expect(statSync(join(folder, 'queues.db-wal'), { throwIfNoEntry: false })).toBeUndefined();
    const again = await openEmbeddedQueues({ folder, queues: [queuePlan('q')] });
    expect(await again.queue('q').depth()).toMatchObject({ visible: 100 });
    await again.close();
  });

  it('keep bytes as they came, each with its own attributes, and refuse what is no text or too long beside them', async () => {
    const queues = await openEmbeddedQueues({ folder, queues: [queuePlan('q', { maxMessageBytes: 50_000 })] });
    const queue = queues.queue('q');
    const attributes = (stringValue: string) => ({ Name: { dataType: 'String', stringValue } });
    const checked = (stringValue: string) => {
      const made = attributes(stringValue);
      return { json: JSON.stringify(made), bytes: attributeBytes(made) };
    };
    // Views into one larger buffer, as a socket's chunks are; more than leave in one message to the engine.
    const memory = Buffer.from('é🦀x'.repeat(6000));
    const sent = Array.from({ length: 50 }, (_, index) => memory.subarray(index * 7, index * 7 + 7 * (1 + index * 20)));
    const answers = await Promise.all(sent.map((body, index) => queue.sendBytes(body, checked(`n${index}`), 0)));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    const { messages } = await queue.list({ limit: 100 });
    expect(messages.map(({ body }) => body).toSorted()).toEqual(sent.map((body) => body.toString()).toSorted());
    for (const { body, attributes: kept } of messages)
      expect(kept).toEqual(attributes(`n${sent.findIndex((bytes) => bytes.toString() === body)}`));

    const room = 50_000 - checked('n').bytes;
    expect(await queue.sendBytes(Buffer.alloc(room, 'x'), checked('n'), 0)).toMatchObject({ ok: true });
    for (const [body, code] of [
      [Buffer.alloc(room + 1, 'x'), 'InvalidParameterValue'],
      [Buffer.from([0x7b, 0xff, 0x7d]), 'InvalidMessageContents'],
      [Buffer.from('{"a":"\u0000"}'), 'InvalidMessageContents'],
      [Buffer.alloc(0), 'MissingParameter'],
    ] as const)
      expect(await queue.sendBytes(body, checked('n'), 0)).toMatchObject({ ok: false, code });
    expect(await queue.depth()).toMatchObject({ visible: 51 });
    await queues.close();
  });

  it('purge what was sent before, answered or not, and nothing that is sent after', async () => {
    const queues = await openEmbeddedQueues({ folder, queues: [queuePlan('q')] });
    const queue = queues.queue('q');
    const send = (count: number, body: string) =>
      Promise.all(Array.from({ length: count }, () => queue.send({ body, attributes: {} })));
    for (let round = 0; round < 50; round++) {
      const before = send(round, 'before');
      if (round % 3 === 0) await before;
      const purging = queue.purge();
      const after = send(20, 'after');
      expect(await purging).toBe(round === 0 ? 0 : round + 20);
      await Promise.all([before, after]);
      expect(await queue.depth()).toEqual({ visible: 20, inFlight: 0, delayed: 0 });
    }
    await queues.close();
  });

  it('count time from an offset when told to', async () => {
    const first = await openEmbeddedQueues({ folder, queues: [queuePlan('q')] });
    await first.queue('q').send({ body: 'x', attributes: {} });
    const [message] = await first
      .queue('q')
      .receive({ maxMessages: 1, waitSeconds: 0, visibilityTimeoutSeconds: 43_200 });
    await first.close();
    const later = await openEmbeddedQueues({ folder, queues: [queuePlan('q')], clockOffsetMs: 2 * 86_400_000 });
    expect(await later.queue('q').receive({ maxMessages: 1, waitSeconds: 0 })).toMatchObject([
      { sentAt: message!.sentAt, receiveCount: 2 },
    ]);
    await later.close();
  });

  it('make the next segment of their log in advance, and are not opened without one that is needed', async () => {
    const queues = await openEmbeddedQueues({ folder, queues: [queuePlan('q')] });
    // More than half of a segment.
    for (let sent = 0; sent < 9; sent++) await queues.queue('q').send({ body: 'x'.repeat(2 ** 20), attributes: {} });
    await expect.poll(() => existsSync(join(folder, 'intake/spare.log')), { timeout: 20_000 }).toBe(true);
    await queues.close();
    rmSync(join(folder, 'intake'), { recursive: true });
    await expect(openEmbeddedQueues({ folder, queues: [queuePlan('q')] })).rejects.toMatchObject({
      code: 'data_folder_unusable',
      message: expect.stringMatching(/intake\/\d{10}\.log is missing/),
    });
  });

  it('say why they cannot be opened', async () => {
    writeFileSync(join(folder, 'queues.db'), 'this is not a database, however long one reads it'.repeat(100));
    await expect(openEmbeddedQueues({ folder, queues: [queuePlan('q')] })).rejects.toMatchObject({
      code: 'data_folder_unusable',
      message: expect.stringContaining('queues.db'),
    });
  });

  it('keep the WAL short while messages come without a pause', async () => {
    const queues = await openEmbeddedQueues({ folder, queues: [queuePlan('q')] });
    // Of a guest: what the owner sends stays in the intake log.
    const guest = await attachEmbeddedQueues(queues.connect());
    const queue = guest.queue('q');
    const message = { body: 'x'.repeat(60_000), attributes: {} };
    let largest = 0;
    let left = 5_000;
    const sender = async () => {
      while (left-- > 0) {
        await queue.send(message);
        if (left % 50 === 0) largest = Math.max(largest, statSync(join(folder, 'queues.db-wal')).size);
      }
    };
    await Promise.all(Array.from({ length: 32 }, sender));
    expect(await queue.depth()).toMatchObject({ visible: 5_000 });
    // 300 MB went through it.
    expect(largest).toBeGreaterThan(walLimitBytes / 2);
    // On a disk that takes the copies slowly the writer waits at three times the limit; between two looks it may go on a little.
    expect(largest).toBeLessThan(3.5 * walLimitBytes);
    await guest.close();
    await queues.close();
  }, 60_000);
});

describe('the embedded queues on a disk that fills up', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => removeFolder(folder));

  it('refuse what they cannot keep, lose nothing acknowledged, and accept again once there is room', async ({
    skip,
  }) => {
    if (!mountSmallDisk(folder)) return skip(unableToMount);
    const ballast = join(folder, 'ballast');
    // Afterwards there is room enough: what the intake log holds when the disk is full takes as much again in the WAL, and again in
    // the database, before the log has room for more.
    writeFileSync(ballast, Buffer.alloc(11 * 2 ** 20));
    const queues = await openEmbeddedQueues({ folder, queues: [queuePlan('q')] });
    try {
      const queue = queues.queue('q');
      const send = async (body: string) => {
        try {
          const sent = await queue.send({ body: body.padEnd(20_000), attributes: {} });
          return sent.ok ? body : undefined;
        } catch (error) {
          errors.push(error);
          return undefined;
        }
      };
      const errors: unknown[] = [];
      const kept: string[] = [];
      const run = async (name: string, count: number) => {
        const answers = await Promise.all(Array.from({ length: count }, (_, index) => send(`${name}${index}`)));
        const accepted = answers.filter((body) => body !== undefined);
        kept.push(...accepted);
        return accepted.length;
      };
      await run('first', 1);
      // In the database, which what comes next may fill up before the engine takes any of it over.
      expect((await queue.list({ limit: 1 })).messages).toHaveLength(1);
      let full = false;
      for (let round = 0; !full && round < 100; round++) full = (await run(`before${round}-`, 8)) < 8;
      expect(full).toBe(true);
      for (const error of errors)
        expect(error).toMatchObject({
          code: 'queue_unavailable',
          message: expect.stringMatching(/full|I\/O|no space/),
        });
      expect((await queue.list({ limit: 1 })).messages).toHaveLength(1);
      rmSync(ballast);
      expect(await run('after', 8)).toBe(8);
      const page = await queue.list({ limit: 1000 });
      expect(page.messages.map(({ body }) => body.trimEnd()).toSorted()).toEqual(kept.toSorted());
      expect(await queue.depth()).toMatchObject({ visible: kept.length });
    } finally {
      await queues.close();
      execFileSync('umount', [folder]);
    }
  });

  it('make no segment in advance, which would take what room there is', ({ skip }) => {
    if (!mountSmallDisk(folder)) return skip(unableToMount);
    try {
      makeSpare(folder);
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      execFileSync('umount', [folder]);
    }
  });

  it('do not fill it up themselves while next to nothing waits: what the WAL has is copied before it takes all the room', async ({
    skip,
  }) => {
    if (!mountSmallDisk(folder)) return skip(unableToMount);
    const queues = await openEmbeddedQueues({ folder, queues: [queuePlan('q')] });
    try {
      const queue = queues.queue('q');
      // Each of three transactions writes whole pages: 200 KiB of WAL for one small message.
      for (let round = 0; round < 150; round++) {
        expect(await queue.send({ body: `m${round}`, attributes: {} })).toMatchObject({ ok: true });
        const [message] = await queue.receive({ maxMessages: 1, waitSeconds: 20 });
        await queue.delete(message!.receiptHandle);
      }
      expect(await queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    } finally {
      await queues.close();
      execFileSync('umount', [folder]);
    }
  });
});

const unableToMount = 'a tmpfs of 16 MiB cannot be mounted here: not root';

function mountSmallDisk(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'hookport-test', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
