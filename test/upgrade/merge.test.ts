import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const hasGit = spawnSync('git', ['--version']).status === 0;

let folder: string;
let upstream: string;
let clone: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookport-upgrade-'));
  upstream = join(folder, 'upstream');
  clone = join(folder, 'clone');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', [...identity, ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const write = (repository: string, files: Record<string, string>) => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, name)), { recursive: true });
    writeFileSync(join(repository, name), text);
  }
};
const commit = (repository: string) => {
  git(repository, 'add', '--all');
  git(repository, 'commit', '--quiet', '--message', 'x');
};

/** The commands of a code block of the page, without their comments. */
function commandsUnder(heading: string): string[] {
  const page = readFileSync(join(root, 'docs/upgrade.md'), 'utf8');
  const block = /```sh\n([\s\S]*?)```/.exec(page.slice(page.indexOf(`## ${heading}\n`)))?.[1] ?? '';
  return block.split('\n').flatMap((line) => line.replace(/ +#.*/, '').trim() || []);
}

test.runIf(hasGit)(
  'a clone that is behind takes what is new and keeps what is its own, by the documented commands (needs git)',
  () => {
    mkdirSync(upstream);
    for (const name of [
      '.gitattributes',
      '.gitignore',
      'webhooks.config.yaml',
      'src/handlers',
      'infra/app.ts',
      'package.json',
    ])
      cpSync(join(root, name), join(upstream, name), { recursive: true });
    write(upstream, { 'src/engine.ts': 'old\n', 'src/gone.ts': 'old\n', 'test/handlers/github.test.ts': 'sample\n' });
    git(upstream, 'init', '--quiet', '--initial-branch', 'main');
    commit(upstream);
    git(folder, 'clone', '--quiet', '--origin', 'origin', upstream, clone);

    const own = {
      'webhooks.config.yaml': 'name: mine\nsources: {}\n',
      'src/handlers/github.ts': '// mine\n',
      'src/handlers/stripe.ts': '// mine, and new\n',
      'test/handlers/github.test.ts': '// mine\n',
      'infra/app.ts': '// mine\n',
    };
    write(clone, { ...own, '.env': 'GITHUB_WEBHOOK_SECRET=mine\n', '.hookport/queues.db': 'mine\n' });
    commit(clone);
    // Upstream moves, also where the clone has its own.
    write(upstream, {
      'webhooks.config.yaml': 'name: acme\nsources: { other: {} }\n',
      'src/handlers/github.ts': '// a better sample\n',
      'test/handlers/github.test.ts': '// a better sample\n',
      'infra/app.ts': '// another example\n',
      'src/engine.ts': 'new\n',
      'src/more.ts': 'new\n',
    });
    rmSync(join(upstream, 'src/gone.ts'));
    commit(upstream);

    const commands = [...commandsUnder('Once'), ...commandsUnder('Each time')];
    expect(commands.slice(0, 4)).toEqual([
      'git remote add upstream "$HOOKPORT_REPOSITORY"',
      'git config merge.ours.driver true',
      'git fetch upstream',
      'git merge upstream/main',
    ]);
    for (const command of commands.slice(0, 4)) {
      const { status, stderr, stdout } = spawnSync('sh', ['-c', command.replace('git merge', 'git merge --no-edit')], {
        cwd: clone,
        encoding: 'utf8',
        env: {
          ...process.env,
          HOOKPORT_REPOSITORY: upstream,
          GIT_AUTHOR_NAME: 'test',
          GIT_AUTHOR_EMAIL: 'test@example.com',
          GIT_COMMITTER_NAME: 'test',
          GIT_COMMITTER_EMAIL: 'test@example.com',
        },
      });
      expect(`${command}: ${status} ${status === 0 ? '' : stdout + stderr}`).toBe(`${command}: 0 `);
    }

    const read = (name: string) => readFileSync(join(clone, name), 'utf8');
    for (const [name, text] of Object.entries(own)) expect(`${name}: ${read(name)}`).toBe(`${name}: ${text}`);
    expect(read('.env')).toBe('GITHUB_WEBHOOK_SECRET=mine\n');
    expect(read('.hookport/queues.db')).toBe('mine\n');
    expect([read('src/engine.ts'), read('src/more.ts')]).toEqual(['new\n', 'new\n']);
    expect(git(clone, 'status', '--porcelain')).toBe('');
    expect(git(clone, 'ls-files', 'src/gone.ts', '.env', '.hookport')).toBe('');
  },
);
