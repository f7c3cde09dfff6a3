import { closeSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';

/** Brings what was committed to the disk. */
export interface WalSync {
  /** Resolves when everything committed before the call is on disk, also after a loss of power. */
  sync(): Promise<void>;
  /** Once no sync is under way. */
  close(): void;
}

/**
 * Syncs the WAL of a database beside SQLite, through a descriptor of its own (a sync is for the file, whoever wrote it; an
 * error is told once to each descriptor), so that only what must last waits for the disk. SQLite itself still syncs wherever order
 * counts: the header of a WAL that begins anew, and the WAL before a checkpoint.
 * https://www.sqlite.org/pragma.html#pragma_synchronous
 *
 * @param file the database, which is open and has a WAL
 */
export function createWalSync(file: string): WalSync {
  const wal = openSync(`${file}-wal`, 'r+');
  return {
    sync: () => promisify(fdatasync)(wal),
    close: () => closeSync(wal),
  };
}
