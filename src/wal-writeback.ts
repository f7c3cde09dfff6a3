import type { DatabaseSync } from 'node:sqlite';
import type { WalSync } from './wal-sync.ts';

/** Of a write-ahead log, in bytes of pages. */
export interface WalSize {
  bytes: number;
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
 * @param wal its own, which nobody else relies on; closed with it, once no sync is under way
 */
export function createWalWriteback(database: DatabaseSync, wal: WalSync): WalWriteback {
  const size = database.prepare('PRAGMA wal_checkpoint(NOOP)');
  const pageBytes = Number(database.prepare('PRAGMA page_size').get()?.['page_size']);
  let synced = 0;
  let syncing = false;
  let closed = false;

  async function begin(bytes: number): Promise<void> {
    syncing = true;
    synced = bytes;
    // The next sync of who answers for what is in it fails too, and tells.
    await wal.sync().catch(() => undefined);
    syncing = false;
    if (closed) wal.close();
  }

  return {
    look() {
      const row = size.get();
      const bytes = Number(row?.['log'] ?? 0) * pageBytes;
      // It began anew.
      if (bytes < synced) synced = 0;
      if (!syncing && !closed && bytes - synced >= portionBytes) void begin(bytes);
      return { bytes, left: bytes - Number(row?.['checkpointed'] ?? 0) * pageBytes };
    },
    close() {
      closed = true;
      if (!syncing) wal.close();
    },
  };
}
