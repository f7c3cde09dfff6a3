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
    const { port1, port2 } = new MessageChannel();
    const data: JournalThreadData = { file: join(folder, 'journal.db'), clockOffsetMs: 0, port: port2 };
    const setByMs = new BigInt64Array(new SharedArrayBuffer(8));
    const worker = new Worker(new URL('../../../src/local/journal/thread.ts', import.meta.url), {
      workerData: { ...data, setByMs },
      transferList: [port2],
      execArgv: ['--import', `data:text/javascript,${encodeURIComponent(settableClock)}`],
    });
    const journal = connectTo<JournalMethods>(port1);
    await journal.call('append', [aRecord({ requestId: 'before' })]);
    Atomics.store(setByMs, 0, BigInt(365 * 86_400_000));
    await journal.call('append', [aRecord({ requestId: 'after' })]);
    await sleep(20);
    expect(await journal.call('counts')).toEqual({ github: { handled: 2 } });
    await journal.call('close');
    await worker.terminate();
    journal.close();
  });

  it('refuses to start where it cannot write, with a stable code', async () => {
    const file = join(folder, 'missing', 'journal.db');
    await expect(startJournal({ file, log: silent })).rejects.toMatchObject({ code: 'data_folder_unusable' });
    mkdirSync(join(folder, 'missing'));
    await (await startJournal({ file, log: silent })).close();
  });
});

/** Loaded first into a thread: its time of day is ahead by as much as its starter says. */
const settableClock = `
  import { workerData } from 'node:worker_threads';
  const { now } = Date;
  Date.now = () => now() + Number(Atomics.load(workerData.setByMs, 0));
`;
