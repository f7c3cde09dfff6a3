import { statfsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { HookportError } from '../../errors.ts';
import { createPrivateFile } from '../../private-file.ts';
import { readSchemaVersion } from '../../schema-version.ts';

/** Of the tables below. Raise it with every change and say in {@link openDatabase} how an older file becomes a newer one. */
export const schemaVersion = 3;

/**
 * `due` finds what can be received and counts what cannot yet, without touching a body; `age` finds what is oldest;
 * `in_hand` holds only what a consumer has in hand, so that a start finds it without reading a backlog.
 * Where a message has a position, its attributes and its body stand in the intake log, and are empty here, as none of a
 * message is; `in_log` finds what of the log is still needed.
 * `messages` is kept by the transactions that change it, since counting a large backlog takes long.
 * `intake` is how far the intake log was taken over when the queue last got something from it; the largest counts. It
 * stands here because a transaction that takes something over writes this row anyway.
 * Pages have SQLite's own size, 4 KB: a commit writes whole ones, and of rows without a body they hold many.
 * Bodies stand last in their row: SQLite reads no further than the last column it needs.
 */
const schema = `
  CREATE TABLE queue (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    retention_ms INTEGER NOT NULL,
    messages INTEGER NOT NULL DEFAULT 0,
    intake INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    queue INTEGER NOT NULL,
    visible_at INTEGER NOT NULL,
    receive_count INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    entered_at INTEGER NOT NULL,
    first_received_at INTEGER,
    dead_letter_source INTEGER,
    until_exit INTEGER NOT NULL DEFAULT 0,
    given_back INTEGER NOT NULL DEFAULT 0,
    message_id TEXT NOT NULL,
    position INTEGER,
    length INTEGER,
    attributes TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX due ON message (queue, visible_at, receive_count);
  CREATE INDEX age ON message (queue, sent_at);
  CREATE INDEX in_hand ON message (queue) WHERE until_exit = 1;
`;

const inLog = 'CREATE INDEX in_log ON message (position, length) WHERE position IS NOT NULL;';

/** By the version that has it: what makes it of the one before. */
const changes: Readonly<Record<number, string>> = {
  2: 'ALTER TABLE queue ADD COLUMN intake INTEGER NOT NULL DEFAULT 0;',
  3: `ALTER TABLE message ADD COLUMN position INTEGER; ALTER TABLE message ADD COLUMN length INTEGER; ${inLog}`,
};

/** The WAL is restarted before it grows much beyond this; a longer one is cut when that happens. */
export const walLimitBytes = 64 * 2 ** 20;

/**
 * Opens the queue database for writing, creating it with mode 0600 (SQLite gives its -wal and -shm the same mode).
 * A commit is on disk only after the next sync of the WAL: see {@link createWalSync}. Without one, a loss of power undoes
 * the last commits and leaves the database whole. Checkpoints are left to {@link createCheckpoints}.
 *
 * @param beginNew called before the tables of a new one are made; what it throws leaves the file as new as it is
 * @throws HookportError `data_folder_unusable`
 */
export function openDatabase(file: string, beginNew: () => void = () => undefined): DatabaseSync {
  try {
    // Before it is opened: SQLite removes the WAL of a database that is gone, and somebody may bring that back.
    if (!statSync(file, { throwIfNoEntry: false })?.size) beginNew();
    createPrivateFile(file);
    const database = new DatabaseSync(file);
    try {
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;`);
      database.exec(`PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = ${walLimitBytes};`);
      database.exec('PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY;');
      migrate(database, file, beginNew);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  } catch (error) {
    if (error instanceof HookportError) throw error;
    const said = error instanceof Error ? error.message : String(error);
    // SQLite calls it an I/O error where it finds no room for its shared memory.
    const reason = bytesAvailable(file) < leastBytes ? `the disk is full (${said})` : said;
    throw new HookportError('data_folder_unusable', `cannot open the queue database ${file}: ${reason}`, {
      cause: error,
    });
  }
}

/** What SQLite needs beside a database to open it, and a first transaction. */
const leastBytes = 64 * 1024;

/** What the disk has left. */
export function bytesAvailable(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

/** Opens the database of {@link openDatabase} once more, to read beside it and to checkpoint. */
export function openReader(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -4000;');
  return database;
}

/** SQLITE_FULL: https://www.sqlite.org/rescode.html#full */
export function isFull(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 13;
}

function migrate(database: DatabaseSync, file: string, beginNew: () => void): void {
  const found = readSchemaVersion(database, file, schemaVersion);
  if (found === schemaVersion) return;
  if (found === 0) beginNew();
  const later = Object.entries(changes).filter(([version]) => Number(version) > found);
  const change = found === 0 ? schema + inLog : later.map(([, sql]) => sql).join(' ');
  database.exec(`BEGIN; ${change} PRAGMA user_version = ${schemaVersion}; COMMIT;`);
}
