import { readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createWalSync } from '../src/wal-sync.ts';
import { createWalWriteback } from '../src/wal-writeback.ts';
import { removeFolder, temporaryFolder } from './queue/embedded/in-process.ts';

let folder: string;
let database: DatabaseSync;
let waiting: (() => void)[];

beforeEach(() => {
  folder = temporaryFolder();
  database = new DatabaseSync(join(folder, 'some.db'));
  database.exec('PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;');
  database.exec('CREATE TABLE some (bytes BLOB)');
  waiting = [];
});

afterEach(() => {
  database.close();
  removeFolder(folder);
});

const open = () =>
  createWalWriteback(database, { sync: () => new Promise((resolve) => void waiting.push(resolve)), close() {} });

function write(bytes: number): void {
  database.prepare('INSERT INTO some VALUES (zeroblob(?))').run(bytes);
}

async function synced(): Promise<void> {
  waiting.pop()?.();
  await new Promise(setImmediate);
}

test('a WAL is synced for each MiB that it grew by, one sync at a time', async () => {
  const writeback = open();
  write(500_000);
  writeback.look();
  expect(waiting).toHaveLength(0);
  write(700_000);
  const { bytes, left } = writeback.look();
  expect(bytes).toBeGreaterThan(1_200_000);
  expect(bytes).toBeLessThan(1_400_000);
  expect(left).toBe(bytes);
  expect(waiting).toHaveLength(1);

  write(1_200_000);
  writeback.look();
  expect(waiting).toHaveLength(1);
  await synced();
  writeback.look();
  expect(waiting).toHaveLength(1);
  await synced();
  writeback.look();
  expect(waiting).toHaveLength(0);
});

test('a WAL that begins anew is synced again when it grew by as much', async () => {
  const writeback = open();
  write(1_200_000);
  writeback.look();
  await synced();
  database.exec('PRAGMA wal_checkpoint(RESTART)');
  write(700_000);
  writeback.look();
  expect(waiting).toHaveLength(0);
  write(700_000);
  writeback.look();
  expect(waiting).toHaveLength(1);
});

test('the descriptor stays open until the sync that uses it has ended, and no longer', async () => {
  const descriptors = () =>
    readdirSync('/proc/self/fd').filter((each) => linkOf(each) === join(realpathSync(folder), 'some.db-wal')).length;
  const writeback = createWalWriteback(database, createWalSync(join(folder, 'some.db')));
  write(1_200_000);
  const own = descriptors();
  writeback.look();
  writeback.close();
  expect(descriptors()).toBe(own);
  await vi.waitFor(() => expect(descriptors()).toBe(own - 1));
});

function linkOf(descriptor: string): string | undefined {
  try {
    return readlinkSync(join('/proc/self/fd', descriptor));
  } catch {
    // Closed meanwhile, such as that of the listing.
    return undefined;
  }
}
