import type { DatabaseSync } from 'node:sqlite';

/** Commits what `work` did, or undoes all of it when it throws. */
export function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    // SQLite itself undoes a transaction that met a full disk.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
