import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Clock, systemClock } from '../clock.ts';
import { HookportError } from '../errors.ts';
import { isOutOfRoom } from '../full-disk.ts';
import { createPrivateFile } from '../private-file.ts';

/** Who holds a data folder. */
export interface Holder {
  pid: number;
  /** Epoch milliseconds. */
  startedAt: number;
  /** By what listens, such as `gateway`; empty until it is known. */
  ports: Readonly<Record<string, number>>;
}

/** A data folder that this process holds until it closes it or ends, however it ends. */
export interface DataFolder {
  /** Absolute. */
  path: string;
  /** Tells whoever asks for the folder where we listen. */
  setPorts(ports: Holder['ports']): void;
  close(): void;
}

/** Where the completed deliveries of a data folder are remembered. */
export function deduplicationFile(folder: string): string {
  return join(folder, 'deduplication.db');
}

/**
 * Takes a data folder for this process alone, creating it if need be: the folder has mode 0700, what is made in it here 0600.
 *
 * The lock is an exclusive transaction on a small SQLite file that stays open. The operating system takes it back when
 * the process ends, so none is left behind by `kill -9`, a power cut or a process number that was given out again.
 *
 * @throws HookportError `data_folder_in_use` saying who holds it; `data_folder_unusable`
 */
export function openDataFolder(folder: string, clock: Clock = systemClock): DataFolder {
  const path = resolve(folder);
  prepare(path);
  const lock = takeLock(path);
  if (!lock) throw inUse(path, readHolder(path));
  let holder: Holder = { pid: process.pid, startedAt: clock(), ports: {} };
  const tell = () => writeHolder(join(path, holderFile), holder);
  try {
    tell();
  } catch (error) {
    lock.close();
    throw unusable(path, error);
  }
  return {
    path,
    setPorts(ports) {
      holder = { ...holder, ports };
      tell();
    },
    close: () => lock.close(),
  };
}

/**
 * Who holds the folder now; undefined when nobody does. It takes the lock for a moment to find out, and changes nothing: a folder
 * whose name was mistyped may be anybody's.
 *
 * @throws HookportError `data_folder_unusable`
 */
export function holderOf(folder: string): Holder | 'unknown' | undefined {
  const path = resolve(folder);
  if (!hasLock(path)) return undefined;
  const lock = takeLock(path);
  if (!lock) return readHolder(path) ?? 'unknown';
  lock.close();
  return undefined;
}

const lockFile = 'lock.db';
const holderFile = 'holder.json';

/** Longer than {@link holderOf} needs, so that it cannot keep a process from starting. */
const lockWaitMs = 250;

function hasLock(path: string): boolean {
  try {
    return statSync(join(path, lockFile), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw unusable(path, error);
  }
}

/** @returns undefined when another has it */
function takeLock(path: string): DatabaseSync | undefined {
  try {
    const file = join(path, lockFile);
    accessSync(file, constants.R_OK | constants.W_OK);
    const database = new DatabaseSync(file, { timeout: lockWaitMs });
    try {
      // Nothing is ever written to it; a journal on the disk would have no room on a full one.
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
      return database;
    } catch (error) {
      database.close();
      if (isBusy(error)) return undefined;
      throw error;
    }
  } catch (error) {
    throw unusable(path, error);
  }
}

/** Makes the folder, or takes one that is ours or empty; closes it to others, and makes the lock's file. */
function prepare(path: string): void {
  try {
    const firstMade = make(path);
    if (firstMade === undefined) refuseForeign(path);
    closeToOthers(path);
    if (firstMade !== undefined) syncNames(path, firstMade);
    createPrivateFile(join(path, lockFile));
  } catch (error) {
    throw unusable(path, error);
  }
}

/** @returns the outermost folder that is new */
function make(path: string): string | undefined {
  try {
    return mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    // Node says so of a read-only file system as well; of that folder alone it says what is the case.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') mkdirSync(path, { mode: 0o700 });
    throw error;
  }
}

const ownNames =
  /^(lock\.db|holder\.json|queues\.db|intake|journal\.db|deduplication\.db|log\.(before\.)?jsonl|paused\.json|dev-secrets)/;

/** One whose name was mistyped, such as /tmp, must not be closed to all others. A volume that is new may hold what its system needs. */
function refuseForeign(path: string): void {
  const names = readdirSync(path);
  if (names.some((name) => ownNames.test(name)) || names.every((name) => /^(\.|lost\+found$)/.test(name))) return;
  throw new HookportError(
    'data_folder_unusable',
    `${path} holds something else than Hookport’s data, and would be closed to all other users; name a folder of its own, such as ${join(path, '.hookport')}`,
  );
}

function closeToOthers(path: string): void {
  try {
    chmodSync(path, 0o700);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) throw error;
    throw new HookportError(
      'data_folder_unusable',
      `${path} cannot be closed to other users, since it belongs to one; name a folder inside it, such as ${join(path, 'hookport')}`,
      { cause: error },
    );
  }
}

/** A new folder's name is safe from a power cut once the folder that holds it is synced; `first` is the outermost that is new. */
function syncNames(path: string, first: string): void {
  for (let made = path; made.length >= first.length; made = dirname(made)) {
    let parent: number;
    try {
      parent = openSync(dirname(made), 'r');
    } catch {
      // It may be written to and not be read: no reason not to start.
      continue;
    }
    fsyncSync(parent);
    closeSync(parent);
  }
}

/** SQLITE_BUSY: https://www.sqlite.org/rescode.html#busy */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5;
}

/** Renamed into place, so that nobody reads half of it; where a full disk has no room for a new file, over the one that is there. */
function writeHolder(file: string, holder: Holder): void {
  const text = JSON.stringify(holder);
  try {
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch (error) {
    rmSync(`${file}.new`, { force: true });
    if (!isOutOfRoom(error) || !existsSync(file)) throw error;
    const descriptor = openSync(file, 'r+');
    try {
      writeSync(descriptor, text, 0);
      ftruncateSync(descriptor, Buffer.byteLength(text));
    } finally {
      closeSync(descriptor);
    }
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    const { pid, startedAt, ports } = JSON.parse(readFileSync(join(path, holderFile), 'utf8')) as Partial<Holder>;
    return typeof pid === 'number' && typeof startedAt === 'number'
      ? { pid, startedAt, ports: ports ?? {} }
      : undefined;
  } catch {
    return undefined;
  }
}

function inUse(path: string, holder: Holder | undefined): HookportError {
  if (!holder) return new HookportError('data_folder_in_use', `another process holds the data folder ${path}`);
  const ports = Object.entries(holder.ports).map(([name, port]) => `${name} on port ${port}`);
  const listening = ports.length > 0 ? `, ${ports.join(', ')}` : '';
  return new HookportError(
    'data_folder_in_use',
    `process ${holder.pid} holds the data folder ${path} since ${new Date(holder.startedAt).toISOString()}${listening}: ` +
      'stop it, or name another folder with --data',
  );
}

function unusable(path: string, error: unknown): HookportError {
  if (error instanceof HookportError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new HookportError('data_folder_unusable', `cannot use the data folder ${path}: ${reason}`, { cause: error });
}
