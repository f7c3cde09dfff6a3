import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { HookportError } from './errors.ts';

/**
 * The schema version that is written in a SQLite file; 0 in a new one. Asked before anything is written, so that a newer
 * version's file is left as it is.
 *
 * @param newest The newest one that this version reads.
 * @throws HookportError `data_folder_unusable` when the file's is newer
 */
export function readSchemaVersion(database: DatabaseSync, file: string, newest: number): number {
  const found = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (found > newest)
    throw new HookportError(
      'data_folder_unusable',
      `${file} was written by a newer Hookport (schema ${found}; this one reads up to ${newest}): ` +
        'start that version again, or name another folder with --data',
    );
  return found;
}

/**
 * Refuses a newer version's file before anything is opened, and leaves to whoever opens it what else may be wrong with it.
 *
 * @throws HookportError `data_folder_unusable`
 */
export function refuseNewer(file: string, newest: number): void {
  if (!existsSync(file)) return;
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      readSchemaVersion(database, file, newest);
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof HookportError) throw error;
  }
}
