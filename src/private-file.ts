import { accessSync, closeSync, constants, openSync } from 'node:fs';

/**
 * Makes an empty file for its owner alone, mode 0600; leaves one that exists as it is, and above all unopened: closing
 * any descriptor of a file ends all POSIX locks that the process has on it, SQLite's among them.
 * One that this user may not read and write is refused, since SQLite says no more of it than that it cannot open it.
 * SQLite gives a database's -wal and -shm files the mode of the database.
 */
export function createPrivateFile(file: string): void {
  try {
    closeSync(openSync(file, 'ax', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    accessSync(file, constants.R_OK | constants.W_OK);
  }
}
