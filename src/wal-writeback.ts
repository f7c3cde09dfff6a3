import { closeSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import type { DatabaseSync } from 'node:sqlite';

/** Of a write-ahead log, in pages. */
export interface WalSize {
  pages: number;
  /** How many of them were not copied into the database. */
  left: number;
}

/** Brings a WAL to the disk in small portions. */
export interface WalWriteback {
  /** Looks how long the WAL is, and begins a sync if it grew by a portion since the last. Costs as much as one small commit. */
  look(): WalSize;
  close(): void;
}

const portionBytes = 2 ** 20;

/**
 * While a disk writes much at once, nobody else's sync returns: without this, what a checkpoint begins with, the sync of
 * 8 MiB of WAL, holds up every accept meanwhile for 5 to 10 ms. Nothing relies on it: whatever must last is synced by who
 * answers for it.
 *
 * @param database which is open and has a WAL
 * @param file its path
 * @param sync by default of the WAL, through a descriptor of its own, since an error is told once to each
 */
export function createWalWriteback(database: DatabaseSync, file: string, sync?: () => Promise<void>): WalWriteback {
  const size = database.prepare('PRAGMA wal_checkpoint(NOOP)');
  const pageBytes = Number(database.prepare('PRAGMA page_size').get()?.['page_size']);
  const wal = sync ? undefined : openSync(`${file}-wal`, 'r+');
  const syncWal = sync ?? (() => promisify(fdatasync)(wal ?? -1));
  let synced = 0;
  let syncing = false;
  let closed = false;

  const closeFile = () => {
    if (wal !== undefined) closeSync(wal);
  };

  async function begin(pages: number): Promise<void> {
    syncing = true;
    synced = pages;
    // The next sync of who answers for what is in it fails too, and tells.
    await syncWal().catch(() => undefined);
    syncing = false;
    if (closed) closeFile();
  }

  return {
    look() {
      const row = size.get();
      const pages = Number(row?.['log'] ?? 0);
      // It began anew.
      if (pages < synced) synced = 0;
      if (!syncing && !closed && (pages - synced) * pageBytes >= portionBytes) void begin(pages);
      return { pages, left: pages - Number(row?.['checkpointed'] ?? 0) };
    },
    close() {
      closed = true;
      if (!syncing) closeFile();
    },
  };
}
