import { accessSync, constants, renameSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../clock.ts';
import { createPrivateFile } from '../../private-file.ts';

const schemaVersion = 3;

/** Large bodies fit fewer, larger pages better. */
const pageBytes = 16_384;

/**
 * Bodies stand in a table of their own, so that scanning deliveries reads none; what a list is filtered by has an index
 * that gives it newest first.
 */
const schema = `
  CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    provider TEXT NOT NULL,
    message_id TEXT NOT NULL,
    delivery_id TEXT,
    event_type TEXT,
    received_at INTEGER NOT NULL,
    source_ip TEXT,
    outcome TEXT NOT NULL,
    reason TEXT,
    detail TEXT,
    attempt INTEGER NOT NULL,
    dead_lettered INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    secret_version TEXT,
    suspected_replay INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    attempts TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX delivery_key ON delivery (key, source);
  CREATE INDEX delivery_message ON delivery (message_id);
  CREATE INDEX delivery_provider_id ON delivery (delivery_id) WHERE delivery_id IS NOT NULL;
  CREATE INDEX newest ON delivery (received_at);
  CREATE INDEX newest_of_source ON delivery (source, received_at);
  CREATE INDEX newest_of_outcome ON delivery (outcome, received_at);
  CREATE INDEX newest_of_both ON delivery (source, outcome, received_at);
  CREATE INDEX newest_of_type ON delivery (event_type, received_at) WHERE event_type IS NOT NULL;
  CREATE INDEX newest_of_reason ON delivery (reason, received_at) WHERE reason IS NOT NULL;
  CREATE TABLE payload (
    delivery INTEGER PRIMARY KEY,
    headers TEXT NOT NULL,
    body TEXT NOT NULL,
    query TEXT
  ) STRICT;
`;

/** To this version's schema, from that of the version before. */
const upgrades: Readonly<Record<number, string>> = { 2: 'ALTER TABLE payload ADD COLUMN query TEXT;' };

export interface OpenedJournal {
  database: DatabaseSync;
  /** Where a file that could not be read was put. */
  putAside: string | undefined;
}

/**
 * Opens the journal's file, mode 0600. A crash may lose the last second and never corrupts it. History is not worth
 * refusing to start for: a file that is broken or none of ours, or of a version that cannot be brought to this one, is put
 * aside and a new one begins. One that may be sound, and cannot be opened or read for now, stays where it is.
 *
 * @throws Error when the file cannot be opened, read or written
 */
export function openJournalDatabase(file: string, clock: Clock): OpenedJournal {
  try {
    return { database: open(file), putAside: undefined };
  } catch (error) {
    if (!isOfNoUse(error)) throw withCause(file, error);
    const putAside = `${file}.aside-${clock()}`;
    for (const suffix of ['', '-wal', '-shm']) moveAside(file + suffix, putAside + suffix);
    return { database: open(file), putAside };
  }
}

/** SQLITE_ERROR (tables of somebody else's), SQLITE_CORRUPT, SQLITE_FORMAT and SQLITE_NOTADB: https://www.sqlite.org/rescode.html */
const codesOfNoUse: ReadonlySet<number> = new Set([1, 11, 24, 26]);

function isOfNoUse(error: unknown): boolean {
  if (error instanceof UnknownVersion) return true;
  return error instanceof Error && 'errcode' in error && codesOfNoUse.has(Number(error.errcode) & 0xff);
}

class UnknownVersion extends Error {}

/** SQLite says only that it cannot; the system says why, such as `EACCES: permission denied`. */
function withCause(file: string, error: unknown): unknown {
  try {
    if (!statSync(file).isFile()) return new Error('it is not a file', { cause: error });
    accessSync(file, constants.R_OK | constants.W_OK);
    return error;
  } catch (cause) {
    return cause;
  }
}

function moveAside(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    // It does not exist.
  }
}

function open(file: string): DatabaseSync {
  createPrivateFile(file);
  const database = new DatabaseSync(file);
  try {
    database.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;`);
    database.exec('PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY;');
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
    if (version === 0) database.exec(`BEGIN; ${schema} PRAGMA user_version = ${schemaVersion}; COMMIT;`);
    else if (version !== schemaVersion) upgrade(database, version);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function upgrade(database: DatabaseSync, version: number): void {
  const sql = upgrades[version];
  if (sql === undefined) throw new UnknownVersion(`it has schema ${version}, this version has ${schemaVersion}`);
  database.exec(`BEGIN; ${sql} PRAGMA user_version = ${schemaVersion}; COMMIT;`);
}
