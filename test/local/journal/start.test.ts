import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attachJournal } from '../../../src/local/journal/attach.ts';
import { startJournal } from '../../../src/local/journal/start.ts';
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

  it('refuses to start where it cannot write, with a stable code', async () => {
    const file = join(folder, 'missing', 'journal.db');
    await expect(startJournal({ file, log: silent })).rejects.toMatchObject({ code: 'data_folder_unusable' });
    mkdirSync(join(folder, 'missing'));
    await (await startJournal({ file, log: silent })).close();
  });
});
