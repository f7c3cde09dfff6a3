import { once } from 'node:events';
import { readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../../src/queue/embedded/database.ts';
import { segmentFile, segmentName, segmentsIn } from '../../../../src/queue/embedded/intake/segments.ts';
import { mostAheadBytes } from '../../../../src/queue/embedded/intake/writer.ts';
import { queuePlan } from '../../../contract/queue.ts';
import { openInProcess, removeFolder, startOfTime, temporaryFolder } from '../in-process.ts';
import { bodies, endOfSegmentSoon, leaveInLog } from './left-in-log.ts';

const q = queuePlan('q');

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => removeFolder(folder));

const logFolder = () => join(folder, 'intake');

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

describe('what the disk has damaged of what was acknowledged and is not yet in the database', () => {
  test('is told of and counted, and what was acknowledged behind it is there', async () => {
    await leaveInLog(folder, [q], [['first', 'damaged', 'beside'], ['behind'], ['last']]);
    damage('damaged', 'a bit');
    const again = await open();
    const queue = again.queues.queue('q');
    const warned = once(process, 'warning') as Promise<[Error]>;
    expect(again.lost).toEqual([
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
    expect(later.lost).toEqual([]);
    expect(await later.queues.queue('q').depth()).toMatchObject({ inFlight: 5 });
    await later.close();
  });

  test('is told of where nothing of it can be read, also in several places', async () => {
    await leaveInLog(folder, [q], [['first'], ['damaged'], ['behind'], ['too'], ['last']]);
    damage('damaged', 'all of it');
    damage('too', 'all of it');
    const again = await open();
    expect(again.lost).toMatchObject([
      { bytes: headBytes + '{}damaged'.length, messages: 0 },
      { bytes: headBytes + '{}too'.length, messages: 0 },
    ]);
    expect(await bodies(again.queues.queue('q'))).toEqual(['first', 'behind', 'last']);
    await again.close();
  });

  test('is told of where a whole segment is gone', async () => {
    await (await open()).close();
    endOfSegmentSoon(folder, 500);
    await leaveInLog(folder, [q], [['x'.repeat(400)], ['last']]);
    const [segment] = segmentsIn(logFolder());
    rmSync(segmentFile(logFolder(), segment!));
    const again = await open();
    expect(again.lost).toMatchObject([{ file: segmentName(segment!), bytes: 500, messages: 0 }]);
    expect(await bodies(again.queues.queue('q'))).toEqual(['last']);
    await again.close();
  });

  test('is not what a loss of power tore: of a batch that was being written any part may be there', async () => {
    await leaveInLog(folder, [q], [['first'], ['torn', 'beside', 'last']]);
    damage('torn', 'a bit');
    const again = await open();
    expect(again.lost).toEqual([]);
    expect(await bodies(again.queues.queue('q'))).toEqual(['first']);
    await again.close();
  });

  test('is not what stands in a segment from an earlier use', async () => {
    await leaveInLog(folder, [q], [['first'], ['of then'], ['of then too']]);
    const [segment] = segmentsIn(logFolder());
    renameSync(segmentFile(logFolder(), segment!), segmentFile(logFolder(), segment! + 1));
    const again = await open();
    expect(again.lost).toEqual([]);
    expect(await bodies(again.queues.queue('q'))).toEqual([]);
    await again.close();
  });

  test('is not in the log of another database, which is further on than this one can have come', async () => {
    await leaveInLog(folder, [q], [['of another'], ['too']]);
    const database = openDatabase(join(folder, 'queues.db'));
    database.exec(`UPDATE queue SET intake = intake - ${mostAheadBytes}`);
    database.close();
    const again = await open();
    expect(again.lost).toEqual([]);
    expect(await bodies(again.queues.queue('q'))).toEqual([]);
    await again.close();
  });
});

describe('what the disk damages while the engine runs', () => {
  /** The engine stands still with what was sent last not taken over. */
  async function behind(...batches: readonly (readonly string[])[]) {
    const [taken, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const opened = await openInProcess([q], {
      folder,
      written(bytes) {
        if (bytes === 0) return undefined;
        taken.resolve();
        return held.promise;
      },
    });
    const queue = opened.queues.queue('q');
    const send = (body: string) => queue.send({ body, attributes: {} });
    await send('first');
    await taken.promise;
    for (const bodies of batches) await Promise.all(bodies.map(send));
    const goOn = () => held.resolve();
    return { opened, queue, goOn };
  }

  test('costs that alone: it is told of and counted, and all goes on', async () => {
    const { opened, queue, goOn } = await behind(['damaged', 'beside'], ['last']);
    damage('damaged', 'a bit');
    goOn();
    expect(await queue.send({ body: 'later', attributes: {} })).toMatchObject({ ok: true });
    const received = await queue.receive({ maxMessages: 10, waitSeconds: 0 });
    expect(received.map(({ body }) => body)).toEqual(['first', 'beside', 'last', 'later']);
    const [segment] = segmentsIn(logFolder());
    const bytes = headBytes + '{}damaged'.length;
    expect(opened.lost).toEqual([
      { file: segmentName(segment!), offset: headBytes + '{}first'.length, bytes, messages: 1 },
    ]);
    expect(await queue.depth()).toEqual({ visible: 0, inFlight: 5, delayed: 0 });
    await opened.close();
    const again = await open();
    expect(again.lost).toEqual([]);
    expect(await bodies(again.queues.queue('q'))).toEqual(['first', 'beside', 'last', 'later']);
    await again.close();
  });

  test('is told of at the end of the log too, where a start would take it for torn', async () => {
    const { opened, queue, goOn } = await behind(['damaged', 'beside'], ['damaged too']);
    damage('damaged', 'all of it');
    damage('damaged too', 'all of it');
    goOn();
    expect(await bodies(queue)).toEqual(['first', 'beside']);
    expect(opened.lost).toMatchObject([{ messages: 0 }, { messages: 0 }]);
    expect(await queue.send({ body: 'later', attributes: {} })).toMatchObject({ ok: true });
    expect(await bodies(queue)).toEqual(['first', 'beside', 'later']);
    await opened.close();
  });

  test('goes no further where the log was cut: what is accepted from then on would be lost as well', async () => {
    const { opened, queue, goOn } = await behind(['cut off']);
    truncateSync(segmentFile(logFolder(), segmentsIn(logFolder())[0]!), 100);
    goOn();
    await expect(queue.receive({ maxMessages: 1, waitSeconds: 0 })).rejects.toMatchObject({
      code: 'queue_unavailable',
    });
    await expect(queue.send({ body: 'refused', attributes: {} })).rejects.toMatchObject({ code: 'queue_unavailable' });
    expect(opened.lost).toEqual([]);
    await opened.close();
  });
});

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

  test('costs nothing once it is brought back, though the log goes on behind it', async () => {
    await (await openInProcess([q], { folder })).close();
    endOfSegmentSoon(folder, 1000);
    await leaveInLog(folder, [q], [['taken over']]);
    await (await openInProcess([q], { folder })).close();
    const rest = 'x'.repeat(800);
    await leaveInLog(folder, [q], [[rest], ['in the next']]);
    const segment = segmentsIn(logFolder())[0]!;
    const [file, elsewhere] = [segmentFile(logFolder(), segment), join(folder, 'elsewhere')];
    renameSync(file, elsewhere);
    await expect(openInProcess([q], { folder })).rejects.toThrow(/is missing/);
    renameSync(elsewhere, file);
    const again = await openInProcess([q], { folder, now: startOfTime + 2000 });
    expect(again.lost).toEqual([]);
    expect(await bodies(again.queues.queue('q'))).toEqual(['taken over', rest, 'in the next']);
    await again.close();
  });

  test('stops the start as well where its name leads nowhere', async () => {
    const first = await openInProcess([q], { folder });
    await first.queues.queue('q').send({ body: 'kept', attributes: {} });
    await first.close();
    const file = segmentFile(logFolder(), segmentsIn(logFolder())[0]!);
    rmSync(file);
    symlinkSync(join(folder, 'nowhere'), file);
    await expect(openInProcess([q], { folder })).rejects.toThrow(/is missing/);
  });
});
