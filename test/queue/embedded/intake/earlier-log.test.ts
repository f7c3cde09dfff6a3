import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../../src/queue/embedded/database.ts';
import { roomFor, writeRecord } from '../../../../src/queue/embedded/intake/record.ts';
import { openEmbeddedQueues } from '../../../../src/queue/embedded/open.ts';
import { createStore } from '../../../../src/queue/embedded/store.ts';
import { queuePlan } from '../../../contract/queue.ts';
import { removeFolder, temporaryFolder } from '../in-process.ts';

const lapBytes = 32 * 2 ** 20;
const q = queuePlan('q');

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => removeFolder(folder));

/** A ring of one file, as it was: these were acknowledged and not taken over when the process ended. */
function leaveRing(bodies: readonly string[], from: number): void {
  const database = openDatabase(join(folder, 'queues.db'));
  const { id } = createStore(database, [q], Date.now()).queues.get('q')!;
  database.prepare('UPDATE queue SET intake = ?').run(from);
  database.close();
  const ring = Buffer.alloc(lapBytes);
  let position = from;
  for (const [index, body] of bodies.entries()) {
    const record = {
      queue: id,
      messageId: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      attributes: '{"a":{"dataType":"String","stringValue":"é"}}',
      delayMs: 0,
      sentAt: Date.now() - 5000,
      body: Buffer.from(body),
    };
    const bytes = Buffer.alloc(roomFor(record));
    const length = writeRecord(bytes, 0, position, record);
    for (let at = 0; at < length; at++) ring[(position + at) % lapBytes] = bytes[at]!;
    position += length;
  }
  writeFileSync(join(folder, 'intake.log'), ring);
}

describe('the log of an earlier version', () => {
  test('is taken over at the start, over the end of its lap, and then removed', async () => {
    const bodies = Array.from({ length: 50 }, (_, index) => `m${index} `.padEnd(3000, 'x'));
    leaveRing(bodies, 7 * lapBytes - 70_000);
    const first = await openEmbeddedQueues({ folder, queues: [q] });
    const { messages } = await first.queue('q').list({ limit: 1000 });
    expect(messages.map(({ body }) => body)).toEqual(bodies);
    expect(messages[0]).toMatchObject({
      messageId: '00000000-0000-4000-8000-000000000000',
      attributes: { a: { dataType: 'String', stringValue: 'é' } },
    });
    expect(existsSync(join(folder, 'intake.log'))).toBe(false);
    await first.queue('q').send({ body: 'new', attributes: {} });
    await first.close();
    const again = await openEmbeddedQueues({ folder, queues: [q] });
    const after = await again.queue('q').list({ limit: 1000 });
    expect(after.messages.map(({ body }) => body)).toEqual([...bodies, 'new']);
    await again.close();
  });

  test('is taken over again where the process ended before it was removed, without anything twice', async () => {
    leaveRing(['a', 'b'], 3 * lapBytes);
    const ring = readFileSync(join(folder, 'intake.log'));
    const first = await openEmbeddedQueues({ folder, queues: [q] });
    await first.close();
    writeFileSync(join(folder, 'intake.log'), ring);
    const again = await openEmbeddedQueues({ folder, queues: [q] });
    expect((await again.queue('q').list({ limit: 10 })).messages.map(({ body }) => body)).toEqual(['a', 'b']);
    await again.close();
  });
});
