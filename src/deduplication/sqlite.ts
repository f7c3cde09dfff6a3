import { DatabaseSync } from 'node:sqlite';
import { type Clock, systemClock } from '../clock.ts';
import { HookportError } from '../errors.ts';
import { createPrivateFile } from '../private-file.ts';
import { readSchemaVersion } from '../schema-version.ts';
import type { Deduplication, DeduplicationKey } from './deduplication.ts';

export interface SqliteDeduplicationOptions {
  /** Path of the database file, mode 0600; made if it does not exist. */
  file: string;
  /** @default the system's */
  clock?: Clock;
}

/** Completed deliveries in a SQLite file that one process holds. */
export interface SqliteDeduplication extends Deduplication {
  close(): void;
}

/** Of the tables below. Files that carry no version have the tables of 1. */
export const schemaVersion = 1;

const schema = `
  CREATE TABLE IF NOT EXISTS completed (
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (source, id)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS completed_expiry ON completed (expires_at);
  CREATE TABLE IF NOT EXISTS body (
    source TEXT NOT NULL,
    hash TEXT NOT NULL,
    id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (source, hash, id)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS body_expiry ON body (expires_at);
`;

/** Expired rows that go with each commit: more than come in, so that the file does not grow, and few enough to be quick. */
const prunePerCommit = 50;

/**
 * Claims live in memory: if the process dies, so do they, and the retry runs at once. While it lives, each lasts until its
 * attempt has ended, which may wait behind others for longer than their timeouts. Completions are on disk, synced, before
 * `complete` resolves; those of one turn of the event loop share a commit.
 *
 * @throws HookportError `data_folder_unusable` when the file cannot be opened
 */
export function openSqliteDeduplication({
  file,
  clock = systemClock,
}: SqliteDeduplicationOptions): SqliteDeduplication {
  const database = open(file);
  const seen = database.prepare('SELECT 1 FROM completed WHERE source = ? AND id = ? AND expires_at > ?');
  const seenBody = database.prepare('SELECT 1 FROM body WHERE source = ? AND hash = ? AND id <> ? AND expires_at > ?');
  const write = database.prepare('INSERT OR REPLACE INTO completed (source, id, expires_at) VALUES (?, ?, ?)');
  const writeBody = database.prepare('INSERT OR REPLACE INTO body (source, hash, id, expires_at) VALUES (?, ?, ?, ?)');
  const prune = ['completed', 'body'].map((table) =>
    database.prepare(
      `DELETE FROM ${table} WHERE (source, id) IN (SELECT source, id FROM ${table} WHERE expires_at <= ? LIMIT ${prunePerCommit}) AND expires_at <= ?`,
    ),
  );
  const claims = new Map<string, DeduplicationKey>();
  let pending: { key: DeduplicationKey; resolve: () => void; reject: (error: unknown) => void }[] = [];

  const commit = () => {
    const group = pending;
    pending = [];
    const now = clock();
    try {
      database.exec('BEGIN IMMEDIATE');
      for (const { key } of group) {
        const expiresAt = now + key.keepSeconds * 1000;
        write.run(key.source, key.deliveryId, expiresAt);
        if (key.bodyHash !== undefined) writeBody.run(key.source, key.bodyHash, key.deliveryId, expiresAt);
      }
      for (const statement of prune) statement.run(now, now);
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      for (const { key, reject } of group) {
        // The handler is done with it, recorded or not.
        claims.delete(nameOf(key));
        reject(error);
      }
      return;
    }
    for (const { key, resolve } of group) {
      claims.delete(nameOf(key));
      resolve();
    }
  };

  return {
    async begin(key) {
      if (seen.get(key.source, key.deliveryId, clock())) return 'completed';
      if (claims.has(nameOf(key))) return 'inProgress';
      claims.set(nameOf(key), key);
      return 'started';
    },
    complete(key) {
      return new Promise((resolve, reject) => {
        if (pending.length === 0) setImmediate(commit);
        pending.push({ key, resolve, reject });
      });
    },
    async release(key) {
      claims.delete(nameOf(key));
    },
    async seenBody({ source, deliveryId, bodyHash }) {
      if (bodyHash === undefined) return false;
      for (const key of claims.values())
        if (key.source === source && key.bodyHash === bodyHash && key.deliveryId !== deliveryId) return true;
      return seenBody.get(source, bodyHash, deliveryId, clock()) !== undefined;
    },
    close() {
      if (pending.length > 0) commit();
      database.close();
    },
  };
}

/**
 * Forgets that a delivery completed, so that it is handed over once more when it is submitted again. Beside whoever has
 * the file open.
 *
 * @throws HookportError `data_folder_unusable` when the file cannot be opened
 */
export function forgetCompletion(file: string, { source, deliveryId }: { source: string; deliveryId: string }): void {
  const database = open(file);
  try {
    database.prepare('DELETE FROM completed WHERE source = ? AND id = ?').run(source, deliveryId);
  } finally {
    database.close();
  }
}

/** A source's id has no line feed, so the name is unambiguous. */
function nameOf({ source, deliveryId }: DeduplicationKey): string {
  return `${source}\n${deliveryId}`;
}

function open(file: string): DatabaseSync {
  try {
    // SQLite would make it readable by everybody; its other files take their mode from this one.
    createPrivateFile(file);
    const database = new DatabaseSync(file);
    try {
      const found = readSchemaVersion(database, file, schemaVersion);
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;');
      if (found < schemaVersion) database.exec(`BEGIN; ${schema} PRAGMA user_version = ${schemaVersion}; COMMIT;`);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  } catch (error) {
    if (error instanceof HookportError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new HookportError(
      'data_folder_unusable',
      `${file} cannot be opened as the record of completed deliveries: ${why}`,
      { cause: error },
    );
  }
}
