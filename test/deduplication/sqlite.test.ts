import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeduplicationKey } from '../../src/deduplication/deduplication.ts';
import { forgetCompletion, openSqliteDeduplication, type SqliteDeduplication } from '../../src/deduplication/sqlite.ts';

let folder: string;
let file: string;
let now: number;
let record: SqliteDeduplication;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookport-deduplication-'));
  file = join(folder, 'deduplication.db');
  now = 1_700_000_000_000;
  record = open();
});
afterEach(async () => {
  record.close();
  await rm(folder, { recursive: true });
});

const open = () => openSqliteDeduplication({ file, clock: () => now });
const key = (deliveryId: string, more: Partial<DeduplicationKey> = {}): DeduplicationKey => ({
  source: 'github',
  deliveryId,
  keepSeconds: 100,
  claimSeconds: 10,
  ...more,
});

describe('a delivery', () => {
  test('is started once, in progress meanwhile, and completed afterwards', async () => {
    expect(await record.begin(key('a'))).toBe('started');
    expect(await record.begin(key('a'))).toBe('inProgress');
    await record.complete(key('a'));
    expect(await record.begin(key('a'))).toBe('completed');
  });

  test('is another one under another source', async () => {
    await record.begin(key('a'));
    await record.complete(key('a'));
    expect(await record.begin(key('a', { source: 'paddle' }))).toBe('started');
  });

  test('that was released is started again', async () => {
    await record.begin(key('a'));
    await record.release(key('a'));
    expect(await record.begin(key('a'))).toBe('started');
  });

  test('that is in progress stays so until its attempt has ended, however long that takes and whatever the clock says', async () => {
    await record.begin(key('a'));
    now += 3_600_000;
    expect(await record.begin(key('a'))).toBe('inProgress');
    now -= 2 * 3_600_000;
    expect(await record.begin(key('a'))).toBe('inProgress');
    await record.release(key('a'));
    expect(await record.begin(key('a'))).toBe('started');
  });

  test('whose completion could not be recorded is in progress no more', async () => {
    await record.begin(key('a'));
    const broken = new DatabaseSync(file);
    broken.exec("CREATE TRIGGER full BEFORE INSERT ON completed BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
    await expect(record.complete(key('a'))).rejects.toThrow('disk is full');
    broken.exec('DROP TRIGGER full');
    broken.close();
    expect(await record.begin(key('a'))).toBe('started');
  });

  test('that is to be forgotten is started again, and no other is', async () => {
    for (const id of ['a', 'b']) {
      await record.begin(key(id));
      await record.complete(key(id));
    }
    forgetCompletion(file, { source: 'github', deliveryId: 'a' });
    forgetCompletion(file, { source: 'paddle', deliveryId: 'b' });
    expect(await record.begin(key('a'))).toBe('started');
    expect(await record.begin(key('b'))).toBe('completed');
  });

  test('is forgotten after it was kept long enough, and not before', async () => {
    await record.begin(key('a'));
    await record.complete(key('a'));
    now += 99_999;
    expect(await record.begin(key('a'))).toBe('completed');
    now += 1;
    expect(await record.begin(key('a'))).toBe('started');
  });
});

test('completions outlive the process, claims do not', async () => {
  await record.begin(key('done'));
  await record.complete(key('done'));
  await record.begin(key('claimed'));
  // As after kill -9: nothing was closed.
  const next = open();
  expect(await next.begin(key('done'))).toBe('completed');
  expect(await next.begin(key('claimed'))).toBe('started');
  next.close();
});

describe('the same body under another id', () => {
  const one = key('one', { bodyHash: 'same' });
  const two = key('two', { bodyHash: 'same' });

  test('is seen when the first has completed, for as long as it is kept', async () => {
    await record.begin(one);
    expect(await record.seenBody?.(one)).toBe(false);
    await record.complete(one);
    await record.begin(two);
    expect(await record.seenBody?.(two)).toBe(true);
    expect(await record.seenBody?.(key('three', { bodyHash: 'other' }))).toBe(false);
    expect(await record.seenBody?.({ ...two, source: 'paddle' })).toBe(false);
    await record.release(two);
    now += 100_000;
    expect(await record.seenBody?.(key('three', { bodyHash: 'same' }))).toBe(false);
  });

  test('is seen while the first is in progress', async () => {
    await record.begin(one);
    await record.begin(two);
    expect(await record.seenBody?.(two)).toBe(true);
  });
});

test('what has expired goes, a little with each commit', async () => {
  await Promise.all(
    Array.from({ length: 120 }, (_, index) => record.complete(key(`${index}`, { bodyHash: `${index}` }))),
  );
  now += 100_000;
  const count = () => {
    const reader = new DatabaseSync(file, { readOnly: true });
    const rows = reader
      .prepare('SELECT (SELECT count(*) FROM completed) AS ids, (SELECT count(*) FROM body) AS bodies')
      .get();
    reader.close();
    return { ...rows };
  };
  expect(count()).toEqual({ ids: 120, bodies: 120 });
  await record.complete(key('next'));
  expect(count()).toEqual({ ids: 71, bodies: 70 });
  await record.complete(key('next'));
  await record.complete(key('next'));
  expect(count()).toEqual({ ids: 1, bodies: 0 });
});

test('the file is readable by the owner alone', async () => {
  await record.complete(key('a'));
  for (const suffix of ['', '-wal']) expect((await stat(file + suffix)).mode & 0o777).toBe(0o600);
});

test('a file that is no database is refused by name, with why', async () => {
  const bad = join(folder, 'bad.db');
  await writeFile(bad, 'this is not a database, though it is long enough to look like one '.repeat(20));
  expect(() => openSqliteDeduplication({ file: bad })).toThrow(
    expect.objectContaining({
      code: 'data_folder_unusable',
      message: expect.stringMatching(/bad\.db cannot be opened .*: file is not a database$/),
    }),
  );
});

test('a file of a newer version is refused with what to do, and left as it is', async () => {
  record.close();
  const newer = new DatabaseSync(file);
  newer.exec('PRAGMA user_version = 2');
  newer.close();
  const before = await readFile(file);
  expect(open).toThrow(
    expect.objectContaining({
      code: 'data_folder_unusable',
      message: expect.stringMatching(/newer Hookport \(schema 2; this one reads up to 1\): start that version again/),
    }),
  );
  expect(await readFile(file)).toEqual(before);
  await writeFile(file, '');
  record = open();
});

test('a file from before files carried a version is opened with what is in it', async () => {
  await record.complete(key('a'));
  record.close();
  const older = new DatabaseSync(file);
  older.exec('PRAGMA user_version = 0');
  older.close();
  record = open();
  expect(await record.begin(key('a'))).toBe('completed');
});

test.runIf(process.platform === 'linux')(
  'to forget a completion leaves the locks of whoever has the file open',
  async () => {
    await record.complete(key('a'));
    const { ino } = await stat(file);
    const locks = async () =>
      (await readFile('/proc/locks', 'utf8')).split('\n').filter((line) => line.includes(`:${ino} `));
    const before = await locks();
    expect(before).not.toEqual([]);
    forgetCompletion(file, key('a'));
    expect(await locks()).toHaveLength(before.length);
    expect(await record.begin(key('a'))).toBe('started');
  },
);
