import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournalDatabase } from '../../../src/local/journal/database.ts';
import type { JournalFilter, JournalPage } from '../../../src/local/journal/entry.ts';
import { defaultJournalLimits, type JournalLimits } from '../../../src/local/journal/pruning.ts';
import { createJournalStore, type JournalStore } from '../../../src/local/journal/store.ts';
import { aRecord, failed, rejected } from './records.ts';

let folder: string;
let file: string;
let now: number;
const open: JournalStore[] = [];

/** The request ids of a page. */
const ids = ({ entries }: JournalPage) => entries.map(({ id }) => id);

function openStore(limits: Partial<JournalLimits> = {}): JournalStore {
  const clock = () => now;
  const { database } = openJournalDatabase(file, clock);
  const store = createJournalStore(database, clock, { ...defaultJournalLimits, ...limits });
  open.push(store);
  return store;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookport-journal-'));
  file = join(folder, 'journal.db');
  now = 1_000_000;
});

afterEach(() => {
  for (const store of open.splice(0)) store.close();
  rmSync(folder, { recursive: true });
});

it('says that the disk is full, and writes again when it has room', () => {
  const { database } = openJournalDatabase(file, () => now);
  const store = createJournalStore(database, () => now, defaultJournalLimits);
  open.push(store);
  database.exec('PRAGMA max_page_count = 30');
  const large = Array.from({ length: 20 }, (_, n) => aRecord({ requestId: `req-${n}`, body: 'x'.repeat(100_000) }));
  expect(() => store.append(large)).toThrow('database or disk is full');
  expect(store.counts()).toEqual({});
  database.exec('PRAGMA max_page_count = 3000');
  store.append(large);
  expect(store.counts()).toEqual({ github: { handled: 20 } });
});

it('counts the deliveries of a source whatever it is called', () => {
  const store = openStore();
  store.append([aRecord({ source: 'constructor' }), aRecord({ source: 'valueof', outcome: failed })]);
  expect(structuredClone(store.counts())).toEqual({ constructor: { handled: 1 }, valueof: { failed: 1 } });
});

describe('what happened to a delivery', () => {
  it('is one entry with its last outcome and all its attempts, in order', () => {
    const store = openStore();
    store.append([aRecord({ outcome: failed, attempt: 1, finishedAt: 1_010 })]);
    store.append([aRecord({ attempt: 2, finishedAt: 31_000, messageId: 'message-2' })]);
    expect(store.list({ limit: 10 }).entries).toMatchObject([
      { id: 'req-1', outcome: 'handled', attempt: 2, reason: undefined },
    ]);
    expect(store.read('req-1')?.attempts).toMatchObject([
      { attempt: 1, outcome: 'failed', reason: 'handler_error', detail: 'Error: no', finishedAt: 1_010 },
      { attempt: 2, outcome: 'handled', finishedAt: 31_000 },
    ]);
  });

  it('keeps two deliveries apart whose messages did not decode', () => {
    const store = openStore();
    const undecoded = { requestId: undefined, deliveryId: undefined, outcome: rejected };
    store.append([aRecord({ ...undecoded, messageId: 'a' }), aRecord({ ...undecoded, messageId: 'b' })]);
    expect(ids(store.list({ limit: 10 }))).toEqual(['b', 'a']);
  });

  it('is not mixed up with a delivery of another source under the same request id', () => {
    const store = openStore();
    store.append([aRecord(), aRecord({ source: 'zendesk', outcome: rejected })]);
    expect(store.counts()).toEqual({ github: { handled: 1 }, zendesk: { rejected: 1 } });
  });

  it('is found by the id of its request, its message and its provider', () => {
    const store = openStore();
    store.append([aRecord()]);
    for (const id of ['req-1', 'message-1', 'delivery-1']) expect(store.read(id)).toMatchObject({ id: 'req-1' });
    expect(store.read('other')).toBeUndefined();
  });

  it('keeps what an earlier attempt knew when a later one does not verify', () => {
    const store = openStore();
    store.append([aRecord({ outcome: failed })]);
    store.append([aRecord({ outcome: rejected, deliveryId: undefined, eventType: undefined, attempt: 2 })]);
    expect(store.read('req-1')).toMatchObject({ deliveryId: 'delivery-1', eventType: 'push', outcome: 'rejected' });
  });

  it('keeps at most 100 attempts', () => {
    const store = openStore();
    for (let attempt = 1; attempt <= 130; attempt++) store.append([aRecord({ attempt, outcome: failed })]);
    expect(store.read('req-1')).toMatchObject({ attempt: 130 });
    expect(store.read('req-1')?.attempts).toHaveLength(100);
  });
});

describe('a list', () => {
  const fill = (store: JournalStore) =>
    store.append(
      Array.from({ length: 60 }, (_, index) =>
        aRecord({
          requestId: `req-${index}`,
          source: index % 2 === 0 ? 'github' : 'paddle',
          outcome: index % 3 === 0 ? rejected : { kind: 'handled' },
          receivedAt: 1_000 + index,
        }),
      ),
    );

  it('is newest first and no longer than asked', () => {
    const store = openStore();
    fill(store);
    expect(ids(store.list({ limit: 3 }))).toEqual(['req-59', 'req-58', 'req-57']);
  });

  it('holds only the source and the outcome that were asked for', () => {
    const store = openStore();
    fill(store);
    expect(ids(store.list({ source: 'paddle', outcome: 'rejected', limit: 3 }))).toEqual([
      'req-57',
      'req-51',
      'req-45',
    ]);
    // Page by page: a page ends with its time too.
    const count = (filter: JournalFilter, page = store.list(filter)): number =>
      page.entries.length + (page.next === undefined ? 0 : count({ ...filter, after: page.next }));
    expect(count({ source: 'paddle', limit: 100 })).toBe(30);
    expect(count({ outcome: 'rejected', limit: 100 })).toBe(20);
    expect(count({ source: "x' OR 1=1 --", limit: 100 })).toBe(0);
  });
});

describe('counts', () => {
  it('follow the last outcome of each delivery, also after the file was opened again', () => {
    const store = openStore();
    store.append([aRecord({ outcome: failed }), aRecord({ requestId: 'req-2' })]);
    store.append([aRecord({ attempt: 2 })]);
    expect(store.counts()).toEqual({ github: { handled: 2, failed: 0 } });
    store.close();
    open.pop();
    expect(openStore().counts()).toEqual({ github: { handled: 2 } });
  });

  it('are right after a batch that could not be written', () => {
    const store = openStore();
    store.append([aRecord()]);
    const broken = aRecord({ requestId: 'req-2', body: undefined as unknown as string });
    expect(() => store.append([aRecord({ requestId: 'req-3' }), broken])).toThrow('must be of type string');
    expect(store.counts()).toEqual({ github: { handled: 1 } });
    expect(store.list({ limit: 10 }).entries).toHaveLength(1);
  });
});

describe('the limits', () => {
  it('let go of what was recorded longer ago than the maximum age, and of nothing else', () => {
    const store = openStore({ maxAgeMs: 1_000 });
    store.append([aRecord({ requestId: 'old' })]);
    now += 900;
    store.append([aRecord({ requestId: 'new' })]);
    expect(store.prune()).toBe(false);
    expect(store.list({ limit: 10 }).entries).toHaveLength(2);
    now += 200;
    expect(store.prune()).toBe(false);
    expect(ids(store.list({ limit: 10 }))).toEqual(['new']);
    expect(store.counts()).toEqual({ github: { handled: 1 } });
  });

  it('keep the file within its size, in steps, oldest first', () => {
    const maxBytes = 2 ** 20;
    const store = openStore({ maxBytes });
    for (let batch = 0; batch < 50; batch++) {
      store.append(
        Array.from({ length: 20 }, (_, index) => aRecord({ requestId: `${batch}-${index}`, body: 'x'.repeat(5_000) })),
      );
      let steps = 0;
      while (store.prune()) steps += 1;
      expect(steps).toBeLessThan(10);
    }
    const kept = ids(store.list({ limit: 1000 }));
    expect(kept.length).toBeGreaterThan(80);
    expect(kept.length).toBeLessThan(220);
    expect(kept[0]).toBe('49-19');
    expect(statSync(file).size).toBeLessThan(2 * maxBytes);
  });
});

describe('the file', () => {
  it('is readable by its owner alone', () => {
    openStore().append([aRecord()]);
    for (const suffix of ['', '-wal']) expect(statSync(file + suffix).mode & 0o777).toBe(0o600);
  });

  it('is put aside when it is no journal, and a new one begins', () => {
    writeFileSync(file, 'not a database at all, but long enough to be taken for one by its length'.repeat(20));
    const { database, putAside } = openJournalDatabase(file, () => now);
    expect(putAside).toBe(`${file}.aside-${now}`);
    expect(statSync(putAside ?? '').size).toBeGreaterThan(0);
    const store = createJournalStore(database, () => now, defaultJournalLimits);
    open.push(store);
    store.append([aRecord()]);
    expect(store.list({ limit: 1 }).entries).toHaveLength(1);
  });

  it('keeps query parameters beside headers, and finds what they hold', () => {
    const store = openStore();
    store.append([aRecord({ query: { kind: 'order.paid' } }), aRecord({ requestId: 'req-2' })]);
    expect(store.read('req-1')?.query).toEqual({ kind: 'order.paid' });
    expect(store.read('req-2')?.query).toBeUndefined();
    expect(ids(store.list({ limit: 9, text: 'order.paid' }))).toEqual(['req-1']);
  });

  it('of the version before is brought to this one, with all that it holds', () => {
    const { database } = openJournalDatabase(file, () => now);
    // As version 2 had it.
    database.exec(`DROP TABLE payload; PRAGMA user_version = 2;
      CREATE TABLE payload (delivery INTEGER PRIMARY KEY, headers TEXT NOT NULL, body TEXT NOT NULL) STRICT;
      INSERT INTO delivery (source, key, provider, message_id, received_at, outcome, attempt, dead_lettered, duration_ms,
        finished_at, suspected_replay, recorded_at, bytes, attempts)
      VALUES ('github', 'old', 'github', 'm', 1, 'handled', 1, 0, 1, 1, 0, 1, 1, '[]');
      INSERT INTO payload VALUES (1, '{"x-github-event":"push"}', '{}');`);
    database.close();
    const store = openStore();
    expect(store.read('old')).toMatchObject({ headers: { 'x-github-event': 'push' }, body: '{}' });
    store.append([aRecord({ query: { kind: 'new' } })]);
    expect(store.read('req-1')?.query).toEqual({ kind: 'new' });
    expect(ids(store.list({ limit: 9, text: 'push' })).toSorted()).toEqual(['old', 'req-1']);
  });

  it('is put aside when another version wrote it', () => {
    const other = new DatabaseSync(file);
    other.exec('PRAGMA user_version = 999');
    other.close();
    const { database, putAside } = openJournalDatabase(file, () => now);
    database.close();
    expect(putAside).toBeDefined();
  });

  it('stays where it is while another process holds it', () => {
    const other = new DatabaseSync(file);
    other.exec('CREATE TABLE theirs (a); BEGIN EXCLUSIVE');
    expect(() => openJournalDatabase(file, () => now)).toThrow('database is locked');
    other.close();
    expect(readdirSync(folder)).toEqual(['journal.db']);
  });

  it('stays where it is when it cannot be read for want of leave, and says so', () => {
    openStore().append([aRecord()]);
    open.pop()?.close();
    chmodSync(file, 0o000);
    // As somebody else where this is root, whom nothing keeps out.
    if (process.getuid?.() === 0) chmodSync(folder, 0o777);
    const script = `
      import { openJournalDatabase } from ${JSON.stringify(new URL('../../../src/local/journal/database.ts', import.meta.url).href)};
      if (process.getuid() === 0) process.setuid(65534);
      try { openJournalDatabase(${JSON.stringify(file)}, () => 1); } catch (error) { console.log(error.message); }`;
    const tried = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).stdout;
    expect(tried).toContain('EACCES: permission denied');
    expect(readdirSync(folder)).toEqual(['journal.db']);
    chmodSync(file, 0o600);
    expect(ids(openStore().list({ limit: 9 }))).toEqual(['req-1']);
  });

  it('stays where it is when it is no file', () => {
    mkdirSync(file);
    expect(() => openJournalDatabase(file, () => now)).toThrow('it is not a file');
    expect(readdirSync(folder)).toEqual(['journal.db']);
  });
});
