import { closeSync, fdatasync, openSync } from 'node:fs';

/** Brings what was committed to the disk. */
export interface WalSync {
  /** Resolves when everything committed before the call is on disk, also after a loss of power. */
  sync(): Promise<void>;
  /** Once no sync is under way. */
  close(): void;
}

/**
 * Syncs the WAL of the queue database beside SQLite, through a descriptor of its own (a sync is for the file, whoever
 * wrote it), so that the engine can take the next messages while the disk works. SQLite itself still syncs wherever order
 * counts: the header of a WAL that begins anew, and the WAL before a checkpoint.
 * https://www.sqlite.org/pragma.html#pragma_synchronous
 *
 * @param file the database, which is open and has a WAL
 */
export function createWalSync(file: string): WalSync {
  const wal = openSync(`${file}-wal`, 'r+');
  return {
    sync() {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      fdatasync(wal, (error) => (error ? reject(error) : resolve()));
      return promise;
    },
    close: () => closeSync(wal),
  };
}
