import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel, Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attachJournal } from '../../../src/local/journal/attach.ts';
import { openJournalDatabase } from '../../../src/local/journal/database.ts';
import { defaultJournalLimits } from '../../../src/local/journal/pruning.ts';
import { startJournal } from '../../../src/local/journal/start.ts';
import { createJournalStore } from '../../../src/local/journal/store.ts';
import type { JournalMethods, JournalThreadData } from '../../../src/local/journal/thread.ts';
import { connectTo } from '../../../src/local/rpc.ts';
import { aRecord } from './records.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookport-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the journal in its thread', () => {
  it('keeps what was recorded before it was closed', async () => {
    const file = join(folder, 'journal.db');
    const journal = await startJournal({ file, log: silent });
    const writer = attachJournal(journal.connect(), silent);
    for (let index = 0; index < 1000; index++) writer.record(aRecord({ requestId: `req-${index}` }));
    await writer.flush();
    expect(await journal.counts()).toEqual({ github: { handled: 1000 } });
    await journal.close();

    const again = await startJournal({ file, log: silent });
    expect(await again.list({ limit: 1 })).toMatchObject({ entries: [{ id: 'req-999' }] });
    expect(await again.read('req-7')).toMatchObject({ outcome: 'handled', attempts: [{ attempt: 1 }] });
    await again.close();
  });

  it('goes on where what is too old cannot be deleted, as on a full disk, and loses no count by it', async () => {
    const file = join(folder, 'journal.db');
    const { database } = openJournalDatabase(file, () => 0);
    createJournalStore(database, () => 0, defaultJournalLimits).append([aRecord({ requestId: 'of 1970' })]);
    database.exec("CREATE TRIGGER full BEFORE DELETE ON delivery BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
    database.close();

    const journal = await startJournal({ file, log: silent });
    const writer = attachJournal(journal.connect(), silent);
    for (const requestId of ['first', 'second']) {
      writer.record(aRecord({ requestId }));
      await writer.flush();
      await sleep(20);
    }
    expect(await journal.counts()).toEqual({ github: { handled: 3 } });
    await journal.close();
  });

  it('keeps what it holds when the time of day is set a year ahead while it runs', async () => {
    const journal = openUnderClocks();
    await journal.append('before');
    journal.set(365 * dayMs);
    await journal.append('after');
    await sleep(20);
    expect(await journal.counts()).toEqual({ github: { handled: 2 } });
    await journal.close();
  });

  it('tells the age of what it holds also where the machine slept for more than seven days meanwhile', async () => {
    const journal = openUnderClocks();
    await journal.append('before it slept');
    journal.sleep(8 * dayMs);
    await journal.append('after it woke up');
    await journal.close();

    const again = await startJournal({ file: join(folder, 'journal.db'), clockOffsetMs: 8 * dayMs, log: silent });
    const writer = attachJournal(again.connect(), silent);
    // What is too old is deleted after an append.
    writer.record(aRecord({ requestId: 'after a restart' }));
    await writer.flush();
    await sleep(20);
    expect(await again.read('after it woke up')).toBeDefined();
    await again.close();
  });

  it('refuses to start where it cannot write, with a stable code', async () => {
    const file = join(folder, 'missing', 'journal.db');
    await expect(startJournal({ file, log: silent })).rejects.toMatchObject({ code: 'data_folder_unusable' });
    mkdirSync(join(folder, 'missing'));
    await (await startJournal({ file, log: silent })).close();
  });
});

const dayMs = 86_400_000;

/** A journal in a thread whose clocks somebody sets. */
function openUnderClocks() {
  const { port1, port2 } = new MessageChannel();
  const data: JournalThreadData = { file: join(folder, 'journal.db'), clockOffsetMs: 0, port: port2 };
  const aheadMs = new BigInt64Array(new SharedArrayBuffer(16));
  const worker = new Worker(new URL('../../../src/local/journal/thread.ts', import.meta.url), {
    workerData: { ...data, aheadMs },
    transferList: [port2],
    execArgv: ['--import', `data:text/javascript,${encodeURIComponent(settableClocks)}`],
  });
  const journal = connectTo<JournalMethods>(port1);
  return {
    set: (ms: number) => void Atomics.store(aheadMs, 0, BigInt(ms)),
    sleep: (ms: number) => void Atomics.store(aheadMs, 1, BigInt(ms)),
    append: (requestId: string) => journal.call('append', [aRecord({ requestId })]),
    counts: () => journal.call('counts'),
    async close() {
      await journal.call('close');
      await worker.terminate();
      journal.close();
    },
  };
}

/**
 * Loaded first into a thread: its time of day is ahead by as much as its starter says, set or slept through. Sleep counts for
 * the uptime too, and not for \`performance.now\`, as on Linux: clock_gettime(2), CLOCK_MONOTONIC.
 */
const settableClocks = `
  import { syncBuiltinESMExports } from 'node:module';
  import os from 'node:os';
  import { workerData } from 'node:worker_threads';
  const { now } = Date;
  const { uptime } = os;
  const slept = () => Number(Atomics.load(workerData.aheadMs, 1));
  Date.now = () => now() + Number(Atomics.load(workerData.aheadMs, 0)) + slept();
  os.uptime = () => uptime() + slept() / 1000;
  syncBuiltinESMExports();
`;
