import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand } from './command-host/run-command.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'hookport-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

const good = write(
  'good.yaml',
  'name: acme\nsources:\n  github: { provider: github }\n  billing: { provider: paddle }\n',
);
const bad = write('bad.yaml', 'name: acme\nsources:\n  github: { provider: gihub, colour: red }\n');

/** Runs a command; those that are about the process start one of their own. */
async function hookport(...args: string[]) {
  const environment = { ...process.env, NO_COLOR: '1', COLUMNS: '80' };
  const {
    code: status,
    out: stdout,
    errors: stderr,
  } = await runCommand({ args, environment, folder: root, input: '' });
  return { status, stdout, stderr };
}

describe('hookport', () => {
  it('shows its commands with --help', async () => {
    const { status, stdout } = await hookport('--help');
    expect(status).toBe(0);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
    expect(commands).toEqual(
      expect.arrayContaining(['start', 'send', 'redrive', 'validate', 'plan', 'urls', 'providers']),
    );
  });

  it.each(['--version', '-V'])('tells its version with %s', async (option) => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    expect(await hookport(option)).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each(['start', 'send', 'status', 'redrive', 'validate', 'plan', 'urls', 'providers'])(
    '%s has --help, which does nothing else, and --config',
    async (command) => {
      const { status, stdout, stderr } = await hookport(command, '--help');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(new RegExp(`^Usage: hookport ${command} `));
      expect(stdout).toContain('--config <file>');
    },
  );

  it.each([['--help'], ['send', '--help'], ['strat']])(
    'ends quietly where nobody reads what %s prints',
    async (...args) => {
      const child = spawn(process.execPath, ['src/cli/hookport.js', ...args], { cwd: root });
      child.stdout.destroy();
      let errors = '';
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
      await once(child, 'close');
      expect(errors).not.toContain('EPIPE');
    },
  );

  it.skipIf(!existsSync('/dev/full'))('ends with 1 where what it prints cannot be written, as on a full disk', () => {
    const full = openSync('/dev/full', 'w');
    try {
      const { status, stderr } = spawnSync(process.execPath, ['src/cli/hookport.js', 'providers', '--json'], {
        cwd: root,
        stdio: ['ignore', full, 'pipe'],
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: expect.stringMatching(/^hookport: the output cannot be written: .*ENOSPC.*\n$/),
      });
    } finally {
      closeSync(full);
    }
  });

  it('takes "help <command>" for its --help', async () => {
    expect((await hookport('help', 'send')).stdout).toBe((await hookport('send', '--help')).stdout);
  });

  it.each([
    [['strat'], 'Did you mean start?'],
    [['logs', '--since', '999999999d'], 'a time is 30m, 2h, 7d'],
    [['start', '--port', '65536'], 'a port is a number from 0 to 65535'],
    [['start', '--prot', '1'], 'Did you mean --port?'],
    [['send'], "missing required argument 'source'"],
    [['send', 'github', '--count', '0'], 'how many is a number'],
    [['send', 'githup', '--config', good], 'did you mean "github"?'],
    [['redrive', 'x', '--config', good], 'there are github, billing'],
    [['providers', 'gihub'], 'did you mean "github"?'],
  ])('ends %j with 2 and says what is wrong', async (args, message) => {
    const { status, stderr } = await hookport(...args);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });

  it('ends with 1 where nothing runs, and says how to start it', async () => {
    const data = path.join(folder, 'nothing');
    const { status, stderr } = await hookport('redrive', 'github', '--config', good, '--data', data);
    expect(stderr).toContain('npm start');
    expect(status).toBe(1);
  });
});

describe('validate', () => {
  it('ends with 0 where nothing is wrong', async () => {
    expect(await hookport('validate', '--config', good)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('github, billing'),
    });
    expect(JSON.parse((await hookport('validate', '--config', good, '--json')).stdout)).toEqual({
      ok: true,
      issues: [],
    });
  });

  it('names every mistake with its place, and ends with 1', async () => {
    const { status, stderr } = await hookport('validate', '--config', bad);
    expect(stderr).toContain(`${bad}:3:23: unknown provider "gihub"; did you mean "github"?`);
    expect(stderr).toContain(`${bad}:3:30: `);
    expect(status).toBe(1);
    const asJson = await hookport('validate', '--config', bad, '--json');
    expect(asJson.status).toBe(1);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ ok: false, issues: [{ line: 3, column: 23 }, { line: 3 }] });
  });

  it('names a file that is not there', async () => {
    const { status, stderr } = await hookport('validate', '--config', 'nowhere.yaml');
    expect(stderr).toContain('nowhere.yaml:1:1: the file does not exist');
    expect(status).toBe(1);
  });

  it('comes before what other commands do', async () => {
    for (const command of [['start'], ['plan'], ['send', 'github']]) {
      const { status, stderr } = await hookport(...command, '--config', bad);
      expect(stderr).toContain('unknown provider "gihub"');
      expect(status).toBe(1);
    }
  }, 30_000);
});

describe('what prints data', () => {
  it('plan tells queues and limits, and the same as JSON', async () => {
    const { stdout } = await hookport('plan', '--config', good);
    expect(stdout).toMatch(/queue +acme-billing, keeps 7d/);
    expect(stdout).toMatch(/resources of a CloudFormation stack +\d+ of 500/);
    const plan = JSON.parse((await hookport('plan', '--config', good, '--json')).stdout) as {
      sources: { id: string }[];
    };
    expect(plan.sources.map(({ id }) => id)).toEqual(['github', 'billing']);
  });

  it('urls tells each URL and the steps with the URL in them', async () => {
    const { stdout } = await hookport('urls', '--config', good, '--data', path.join(folder, 'nothing'));
    expect(stdout).toContain('billing  http://127.0.0.1:8080/billing');
    expect(stdout).not.toContain('{url}');
    const urls = JSON.parse((await hookport('urls', '--config', good, '--json')).stdout) as {
      url: string;
      setup: string[];
    }[];
    expect(urls[1]?.setup.join()).toContain('/billing');
  });

  it('providers lists all that come along where there is no configuration yet', async () => {
    const { status, stdout, stderr } = await hookport('providers', '--config', 'nothing.yaml');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^github +GitHub/m);
  });

  it('providers lists all, and tells everything about one', async () => {
    expect((await hookport('providers')).stdout).toMatch(/^github +GitHub +HMAC-SHA256/m);
    expect(JSON.parse((await hookport('providers', 'paddle', '--json')).stdout)).toMatchObject({
      id: 'paddle',
      samples: expect.arrayContaining(['transaction.completed']),
    });
  });

  it('providers tells where the signature stands and what it is over, as wire-format.md says it does', async () => {
    const { stdout } = await hookport('providers', 'zendesk');
    expect(stdout).toMatch(/^signature in +the header x-zendesk-webhook-signature, base64$/m);
    expect(stdout).toMatch(/^timestamp in +the header x-zendesk-webhook-signature-timestamp, iso8601$/m);
    expect(stdout).toMatch(/^signed content +the timestamp as it was sent, then the raw body$/m);
    expect(stdout).toMatch(/^key +the secret as it is written$/m);
    expect((await hookport('providers', 'svix')).stdout).toMatch(
      /^signature in +v1a: the header svix-signature, base64 after "v1a,"$/m,
    );
    expect((await hookport('providers', 'postmark')).stdout).not.toMatch(/^signature in/m);
  });

  it('providers tells of headers those that a source keeps, by each way of signing, as plan does', async () => {
    const keptBy = async (provider: string) =>
      /^headers kept +(.*)$/m.exec((await hookport('providers', provider)).stdout)?.[1];
    expect(await keptBy('json')).toBe('none');
    expect(await keptBy('paddle')).toBe('content-type, paddle-signature');
    expect(await keptBy('gitlab')).toBe(
      'signing-token: content-type, x-gitlab-event, webhook-id, webhook-timestamp, webhook-signature; secret-token: content-type, x-gitlab-event, x-gitlab-token',
    );
  });

  it('uses no colours where nobody looks', async () => {
    for (const args of [['plan', '--config', good], ['providers']])
      expect((await hookport(...args)).stdout).not.toContain('\u001b');
  });
});

describe('the launcher', () => {
  it('refuses a Node that is too old, whatever that Node can parse, and says what to do', () => {
    // Any Node that reports another version: the launcher asks process.versions before it loads anything else.
    const preload = write(
      'old.cjs',
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });",
    );
    const { status, stderr } = spawnSync(process.execPath, ['--require', preload, 'src/cli/hookport.js', '--help'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(stderr).toContain('needs Node 24 or newer, this is 20.20.2');
    expect(stderr).toContain('npx hookport');
    expect(status).toBe(1);
  });

  it('can be run as a file, as npx does', () => {
    chmodSync(path.join(root, 'src/cli/hookport.js'), 0o755);
    const link = spawnSync('npx', ['hookport', 'validate', '--config', good], { cwd: root, encoding: 'utf8' });
    expect(link.stdout).toContain('no mistakes');
    expect(link.status).toBe(0);
  });
});
