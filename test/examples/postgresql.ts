import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** Where Debian puts them. */
const versions = '/usr/lib/postgresql';
const newest = existsSync(versions) ? readdirSync(versions).toSorted((a, b) => Number(b) - Number(a))[0] : undefined;

/** The folder of PostgreSQL's programs, if it is installed. */
export const binaries = newest === undefined ? undefined : path.join(versions, newest, 'bin');

/** PostgreSQL refuses to run as root. */
function account(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** A PostgreSQL in a temporary folder that listens on a Unix socket there, so that it is in nobody's way. */
export class TestPostgresql {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'hookport-pg-'));
  readonly #bin: string;
  readonly #account = account();
  #server: ChildProcess | undefined;
  /** By their database: each connection is a process that PostgreSQL starts, and tests ask often. */
  readonly #clients = new Map<string, Promise<Client>>();

  /** @param bin {@link binaries} */
  constructor(bin: string) {
    this.#bin = bin;
    const { uid, gid } = this.#account;
    if (uid !== undefined && gid !== undefined) chownSync(this.#folder, uid, gid);
    const args = ['-D', this.#data, '-U', 'sensors', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    execFileSync(path.join(bin, 'initdb'), args, { ...this.#account, cwd: this.#folder, stdio: 'pipe' });
  }

  get #data(): string {
    return path.join(this.#folder, 'data');
  }

  url(database: string): string {
    return `postgres://sensors@/${database}?host=${this.#folder}`;
  }

  async start(): Promise<void> {
    // Without fsync it would not outlive a power cut, only the end of its process, which is what is tested. Without autovacuum, all
    // transactions of a database are those of its clients.
    const settings = ['listen_addresses=', `unix_socket_directories=${this.#folder}`, 'fsync=off', 'autovacuum=off'];
    const args = ['-D', this.#data, ...settings.flatMap((each) => ['-c', each])];
    const server = spawn(path.join(this.#bin, 'postgres'), args, {
      ...this.#account,
      cwd: this.#folder,
      stdio: 'ignore',
    });
    this.#server = server;
    while (!(await this.#answers())) {
      if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode}`);
      await sleep(20);
    }
  }

  /** As `pg_ctl stop -m fast`: ends every connection, and what it was doing. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (!server || server.exitCode !== null) return;
    const exited = once(server, 'exit');
    server.kill('SIGINT');
    await exited;
    this.#clients.clear();
  }

  /** Asks by a connection that stays open until PostgreSQL stops. */
  async query<Row extends object>(database: string, text: string): Promise<Row[]> {
    const connecting = this.#clients.get(database) ?? this.#connect(database);
    this.#clients.set(database, connecting);
    try {
      return (await (await connecting).query<Row>(text)).rows;
    } catch (error) {
      this.#clients.delete(database);
      throw error;
    }
  }

  /** Runs `text` in a transaction that stays open, with its locks, until what this gives is called. */
  async hold(database: string, text: string): Promise<() => Promise<void>> {
    const client = await this.#connect(database);
    await client.query('BEGIN');
    await client.query(text);
    return () => client.end();
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #connect(database: string): Promise<Client> {
    const client = new Client({ connectionString: this.url(database), application_name: 'test' });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  async #answers(): Promise<boolean> {
    return this.query('postgres', 'SELECT 1').then(
      () => true,
      () => false,
    );
  }
}
