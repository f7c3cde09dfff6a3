import { execFileSync, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holderOf, openDataFolder } from '../../src/local/data-folder.ts';
import { openEmbeddedQueues } from '../../src/queue/embedded/open.ts';
import { unableToMount } from '../chaos/platform/small-disk.ts';
import { queuePlan } from '../contract/queue.ts';
import { recordSyncs } from '../fakes/recorded-syncs.ts';
import { removeFolder, temporaryFolder } from '../queue/embedded/in-process.ts';

describe('a data folder', () => {
  let parent: string;
  let path: string;
  beforeEach(() => {
    parent = temporaryFolder();
    path = join(parent, 'a', '.hookport');
  });
  afterEach(() => removeFolder(parent));

  it('is made for its owner alone, with the queue database, its WAL and the intake log in it', async () => {
    mkdirSync(path, { recursive: true, mode: 0o755 });
    const folder = openDataFolder(path);
    const queues = await openEmbeddedQueues({ folder: path, queues: [queuePlan('q')] });
    await queues.queue('q').send({ body: 'x', attributes: {} });
    const mode = (name: string) => statSync(join(path, name)).mode & 0o777;
    expect(mode('.')).toBe(0o700);
    expect(mode('intake')).toBe(0o700);
    const segment = join('intake', readdirSync(join(path, 'intake'))[0]!);
    for (const name of ['lock.db', 'holder.json', 'queues.db', 'queues.db-wal', 'queues.db-shm', segment])
      expect(`${name} ${mode(name).toString(8)}`).toBe(`${name} 600`);
    await queues.close();
    folder.close();
  });

  it.runIf(process.platform === 'linux')('that is new has its name on disk, and so have the folders above it', () => {
    const made = recordSyncs(parent, () => openDataFolder(path).close());
    expect(made.filter((each) => each.startsWith('sync'))).toEqual(['sync /a', 'sync ']);
    const found = recordSyncs(parent, () => openDataFolder(path).close());
    expect(found).toEqual(['rename']);
  });

  it('is not made by who only asks for it', () => {
    expect(holderOf(path)).toBe(undefined);
    expect(existsSync(parent)).toBe(true);
    expect(existsSync(path)).toBe(false);
  });

  it('is left as it is by who only asks for it: a mistyped name may be that of anybody’s folder', () => {
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o755);
    expect(holderOf(path)).toBe(undefined);
    expect(statSync(path).mode & 0o777).toBe(0o755);
    expect(readdirSync(path)).toEqual([]);
  });

  it('that holds something else is refused, with what to name, and left as it is', () => {
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o755);
    writeFileSync(join(path, 'accounts.txt'), '');
    expect(() => openDataFolder(path)).toThrow(
      expect.objectContaining({
        code: 'data_folder_unusable',
        message: expect.stringContaining(`such as ${join(path, '.hookport')}`),
      }),
    );
    expect(statSync(path).mode & 0o777).toBe(0o755);
    expect(readdirSync(path)).toEqual(['accounts.txt']);
  });

  it.each(['lost+found', '.snapshot', 'queues.db', 'dev-secrets'])('may hold %s', (name) => {
    mkdirSync(join(path, name), { recursive: true });
    expect(() => openDataFolder(path).close()).not.toThrow();
  });

  const root = process.getuid?.() === 0;
  const skipped = root ? '' : ' (skipped: only root can give a folder away)';
  /** What comes of it as a user without rights, in a process of its own. */
  function asNobody(call: 'openDataFolder' | 'holderOf'): unknown {
    for (let folder = dirname(path); folder !== dirname(parent); folder = dirname(folder)) chmodSync(folder, 0o755);
    const code = `process.setuid(65534);
      import(${JSON.stringify(new URL('../../src/local/data-folder.ts', import.meta.url).href)})
        .then(({ ${call} }) => ${call}(${JSON.stringify(path)}))
        .catch(({ code, message }) => console.log(JSON.stringify({ code, message })));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
    expect(stderr).toBe('');
    return JSON.parse(stdout || 'null');
  }

  it.skipIf(!root)(`of another user is refused, with what to do${skipped}`, () => {
    mkdirSync(path, { recursive: true });
    chownSync(path, 0, 0);
    chmodSync(path, 0o777);
    expect(asNobody('openDataFolder')).toEqual({
      code: 'data_folder_unusable',
      message: expect.stringContaining(`such as ${join(path, 'hookport')}`),
    });
  });

  it.skipIf(!root)(`with files of another user says which, and that they may not be read${skipped}`, () => {
    openDataFolder(path).close();
    chownSync(path, 65_534, 65_534);
    const refused = {
      code: 'data_folder_unusable',
      message: expect.stringContaining(`EACCES: permission denied, access '${join(path, 'lock.db')}'`),
    };
    expect([asNobody('openDataFolder'), asNobody('holderOf')]).toEqual([refused, refused]);
  });

  it('is held by one: a second is told who, since when and where it listens', () => {
    const folder = openDataFolder(path, () => Date.UTC(2026, 1, 3, 4, 5, 6));
    folder.setPorts({ gateway: 8080, inspector: 8081 });
    expect(() => openDataFolder(path)).toThrow(
      expect.objectContaining({
        code: 'data_folder_in_use',
        message:
          `process ${process.pid} holds the data folder ${path} since 2026-02-03T04:05:06.000Z, ` +
          'gateway on port 8080, inspector on port 8081: stop it, or name another folder with --data',
      }),
    );
    expect(holderOf(path)).toEqual({
      pid: process.pid,
      startedAt: Date.UTC(2026, 1, 3, 4, 5, 6),
      ports: { gateway: 8080, inspector: 8081 },
    });
    folder.close();
    expect(holderOf(path)).toBeUndefined();
    openDataFolder(path).close();
  });

  it('held by another process is refused until that is killed, and then taken over whatever it left', async () => {
    const holder = fork(new URL('../fixtures/hold-data-folder.ts', import.meta.url), [path]);
    await once(holder, 'message');
    expect(() => openDataFolder(path)).toThrow(
      expect.objectContaining({
        code: 'data_folder_in_use',
        message: expect.stringContaining(`process ${holder.pid} `),
      }),
    );
    // The refused start must not have freed the lock on its way out.
    expect(() => openDataFolder(path)).toThrow(expect.objectContaining({ code: 'data_folder_in_use' }));
    const exited = once(holder, 'exit');
    holder.kill('SIGKILL');
    await exited;
    expect(existsSync(join(path, 'holder.json'))).toBe(true);
    expect(holderOf(path)).toBeUndefined();
    openDataFolder(path).close();
  });

  it('stays held, also for other processes, after this one asked for it again', async () => {
    const folder = openDataFolder(path);
    expect(() => openDataFolder(path)).toThrow(expect.objectContaining({ code: 'data_folder_in_use' }));
    expect(holderOf(path)).toMatchObject({ pid: process.pid });
    const other = fork(new URL('../fixtures/hold-data-folder.ts', import.meta.url), [path], { silent: true });
    const [exitCode] = (await once(other, 'exit')) as [number];
    expect(exitCode).toBe(1);
    folder.close();
  });

  it('that cannot be made says so', () => {
    writeFileSync(join(parent, 'file'), '');
    expect(() => openDataFolder(join(parent, 'file', 'folder'))).toThrow(
      expect.objectContaining({ code: 'data_folder_unusable' }),
    );
  });

  const unable = unableToMount();
  it.skipIf(unable)(`on a read-only file system says so${unable ? ` (skipped: ${unable})` : ''}`, () => {
    mkdirSync(path, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'hookport-test', path]);
    try {
      expect(() => openDataFolder(join(path, 'data'))).toThrow(/EROFS: read-only file system/);
    } finally {
      execFileSync('umount', [path]);
    }
  });

  it('on a disk that filled up since is taken, and tells who has it', ({ skip }) => {
    const without = unableToMount();
    if (without !== undefined) return skip(without);
    mkdirSync(path, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'hookport-test', path]);
    try {
      openDataFolder(path, () => 1).close();
      expect(() => writeFileSync(join(path, 'ballast'), Buffer.alloc(2 ** 20))).toThrow('ENOSPC');
      const folder = openDataFolder(path, () => 22);
      folder.setPorts({ gateway: 8080 });
      expect(holderOf(path)).toEqual({ pid: process.pid, startedAt: 22, ports: { gateway: 8080 } });
      expect(readdirSync(path).toSorted()).toEqual(['ballast', 'holder.json', 'lock.db']);
      folder.close();
    } finally {
      execFileSync('umount', ['-l', path]);
    }
  });

  it('whose lock is no database says so', () => {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'lock.db'), 'x'.repeat(4096));
    expect(() => openDataFolder(path)).toThrow(expect.objectContaining({ code: 'data_folder_unusable' }));
  });
});
