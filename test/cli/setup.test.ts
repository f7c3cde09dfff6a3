import { spawnSync } from 'node:child_process';
import { mkdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it, test } from 'vitest';
import { schemeOf } from '../../src/catalogue/scheme-of.ts';
import { builtInProviders } from '../../src/cli/project.ts';
import { parseConfig } from '../../src/config/load.ts';
import { secretProblem } from '../../src/signature/secret.ts';
import { hasScript, ProjectCopy } from './project-copy.ts';

/** A module after whose import this file cannot be written, though all is lost that was in it: so does a full disk. */
function refusing(file: string): string {
  const code = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const { writeFileSync } = fs;
    let wrote = false;
    process.once('exit', () => {
      fs.writeFileSync = writeFileSync;
      syncBuiltinESMExports();
    });
    fs.writeFileSync = (file, text, ...rest) => {
      if (file !== ${JSON.stringify(file)} || wrote) return writeFileSync(file, text, ...rest);
      wrote = true;
      writeFileSync(file, '');
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', syscall: 'write' });
    };
    syncBuiltinESMExports();`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

const project = new ProjectCopy();
beforeEach(() => project.reset());
afterAll(() => project.remove());

describe('add', () => {
  it('adds lines to the YAML and changes none, writes a handler that fits, and says what to do next', async () => {
    const before = project.read('webhooks.config.yaml');
    const { status, stdout } = await project.run('add', 'stripe');
    expect(status).toBe(0);
    expect(project.read('webhooks.config.yaml')).toBe(
      `${before}\n  stripe:\n    provider: stripe\n    handler: src/handlers/stripe.ts\n`,
    );
    expect(project.read('src/handlers/stripe.ts')).toContain("defineHandler('stripe',");
    expect(project.read('.env')).toContain('\n# STRIPE_WEBHOOK_SECRET=\n');
    expect(statSync(path.join(project.folder, '.env')).mode & 0o777).toBe(0o600);
    expect(stdout).toContain('/stripe\n  1. ');
    expect(stdout).toContain('STRIPE_WEBHOOK_SECRET in .env');
  });

  it('that a source is there already is told with a command that adds another to the same configuration', async () => {
    writeFileSync(path.join(project.folder, 'other.yaml'), project.read('webhooks.config.yaml'));
    const { status, stderr } = await project.run('add', 'github', '--config', 'other.yaml');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringContaining('hookport add github github-2 --config other.yaml\n'),
    });
  });

  it('and by what else was asked for', async () => {
    const url = 'https://hooks.example.com/sms?a=1&b=2';
    const add = ['add', 'twilio', '--verify', 'json', '--public-url', url, '--no-handler'];
    expect((await project.run(...add)).status).toBe(0);
    expect((await project.run(...add)).stderr).toContain(
      `hookport add twilio twilio-2 --verify json --public-url '${url}' --no-handler\n`,
    );
  });

  it('writes nothing that would be a mistake', async () => {
    const before = project.read('webhooks.config.yaml');
    const { status, stderr } = await project.run('add', 'stripe', 'Not_An_Id');
    expect(stderr).toContain('must be lower-case');
    expect(status).toBe(1);
    expect(project.read('webhooks.config.yaml')).toBe(before);
    expect(project.has('src/handlers/Not_An_Id.ts')).toBe(false);
  });
});

/** The comment in `.env` that says who makes the secret, and whether its command makes one that the source takes. */
function madeUp(source: string): { says: string; taken: boolean } {
  const env = project.read('.env');
  const variable = `${source.toUpperCase().replaceAll('-', '_')}_WEBHOOK_SECRET`;
  const [, says = ''] = new RegExp(`# (.*)\n# ${variable}=\n`).exec(env) ?? [];
  const [, command = 'echo none'] = /`(.+)`/.exec(says) ?? [];
  const secret = spawnSync('sh', ['-c', command], { encoding: 'utf8' }).stdout.trim();
  const { catalogue } = builtInProviders;
  const own = parseConfig('w.yaml', project.read('webhooks.config.yaml'), { catalogue, root: project.folder });
  if (!own.ok) throw new Error(JSON.stringify(own.issues));
  const { provider: id, verify } = own.config.sources.find((each) => each.id === source)!;
  const provider = catalogue.get(id) ?? own.config.providers.find(({ definition }) => definition.id === id)!.definition;
  return { says, taken: secretProblem(schemeOf(provider, verify), secret) === undefined };
}

describe('the place for a secret in .env', () => {
  it.each([
    ['github', ['init', '--yes', '--providers', 'github']],
    ['postmark', ['add', 'postmark']],
    ['zapier', ['add', 'zapier', '--verify', 'basic']],
  ])('says how to make one that %s takes', async (provider, command) => {
    expect(await project.run(...command)).toMatchObject({ status: 0 });
    expect(madeUp(provider)).toMatchObject({ taken: true });
  });

  it.each([
    [
      'whsec',
      '{ scheme: hmac, hash: sha256, key: whsec, signature: { header: s, encoding: base64 }, message: [{ part: body }] }',
    ],
    [
      'base64',
      '{ scheme: hmac, hash: sha256, key: base64, signature: { header: s, encoding: hex }, message: [{ part: body }] }',
    ],
    ['basic', '{ scheme: basic }'],
  ])('says it of a provider of one’s own whose secret is %s', async (_, verify) => {
    addOwn(verify);
    expect(await project.run('add', 'acme')).toMatchObject({ status: 0 });
    expect(madeUp('acme')).toMatchObject({ says: expect.stringContaining('make up'), taken: true });
  });

  it('says of a public key that the provider gives it', async () => {
    addOwn(
      '{ scheme: publicKey, algorithm: ed25519, key: hex32, signature: { header: s, encoding: hex }, message: [{ part: body }] }',
    );
    expect(await project.run('add', 'acme')).toMatchObject({ status: 0 });
    expect(madeUp('acme').says).toBe('acme gives a public key.');
  });

  it.each([
    ['key, shared', 'shared'],
    ['open, shared', 'shared'],
    ['shared, key', 'shared'],
  ])('goes by the way that the source has: of %s it is %s', async (ways, verify) => {
    addOwn(
      `{ alternatives: { ${ways
        .split(', ')
        .map((way) => `${way}: ${ownWays[way]}`)
        .join(', ')} } }`,
    );
    expect(await project.run('add', 'acme', '--verify', verify)).toMatchObject({ status: 0 });
    expect(madeUp('acme')).toMatchObject({ says: expect.stringContaining('make up'), taken: true });
  });

  it('goes by the way that the source has: a public key is nothing to make up', async () => {
    addOwn(`{ alternatives: { shared: ${ownWays['shared']}, key: ${ownWays['key']} } }`);
    expect(await project.run('add', 'acme', '--verify', 'key')).toMatchObject({ status: 0 });
    expect(madeUp('acme').says).toBe('acme gives a public key.');
  });
});

const ownWays: Readonly<Record<string, string>> = {
  key: '{ scheme: publicKey, algorithm: ed25519, key: hex32, signature: { header: s, encoding: hex }, message: [{ part: body }] }',
  shared:
    '{ scheme: hmac, hash: sha256, key: base64, signature: { header: s, encoding: hex }, message: [{ part: body }] }',
  open: '{ scheme: none, acknowledgeRisk: true }',
};

/** Declares a provider `acme` in the YAML. */
function addOwn(verify: string): void {
  const yaml = project.read('webhooks.config.yaml');
  const kept = verify.includes('basic') ? 'authorization' : 's';
  writeFileSync(
    path.join(project.folder, 'webhooks.config.yaml'),
    `${yaml}providers:
  acme:
    verify: ${verify}
    headers: { ${kept}: always }
    eventType: [{ json: type }]
    deliveryId: hash
    retry: { text: never, horizonSeconds: 0 }
`,
  );
}

it('writes nothing at all where .env cannot be read', async () => {
  const before = project.read('webhooks.config.yaml');
  mkdirSync(path.join(project.folder, '.env'));
  const { status, stderr } = await project.run('add', 'stripe');
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(/\.env cannot be read \(EISDIR\)/) });
  expect(project.read('webhooks.config.yaml')).toBe(before);
  expect(project.has('src/handlers/stripe.ts')).toBe(false);
});

it.each(['webhooks.config.yaml', '.env', 'src/handlers/stripe.ts'])(
  'says that %s cannot be written, and leaves all as it was',
  async (name) => {
    const before = project.read('webhooks.config.yaml');
    writeFileSync(path.join(project.folder, '.env'), 'A=1\n');
    const preload = refusing(path.join(realpathSync(project.folder), name));
    const { status, stderr } = await project.runWith({ preload }, 'add', 'stripe');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `hookport: ${name} cannot be written (ENOSPC); nothing was done\n`,
    });
    expect(project.read('webhooks.config.yaml')).toBe(before);
    expect(project.read('.env')).toBe('A=1\n');
    expect(project.has('src/handlers/stripe.ts')).toBe(false);
  },
);

describe('init', () => {
  it.each(['true', 'null'])('takes %s for a name like any other', async (name) => {
    const { status, stderr } = await project.run('init', '--yes', '--name', name, '--providers', 'github');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect((await project.run('validate')).status).toBe(0);
    expect(project.read('webhooks.config.yaml')).toContain(`\nname: "${name}"\n`);
  });

  it('writes all without a question, and keeps the configuration that was there', async () => {
    const before = project.read('webhooks.config.yaml');
    const { status, stdout } = await project.run('init', '--yes', '--name', 'acme', '--providers', 'github,stripe');
    expect(status).toBe(0);
    expect(project.read('webhooks.config.yaml.old')).toBe(before);
    expect(stdout).toContain('kept webhooks.config.yaml as webhooks.config.yaml.old');
    expect(project.read('webhooks.config.yaml')).toMatch(/^name: acme$/m);
    expect(project.has('src/handlers/stripe.ts')).toBe(true);
  });

  it('puts back what was there when a source needs an answer that it has not', async () => {
    const before = project.read('webhooks.config.yaml');
    expect((await project.run('init', '--yes', '--providers', 'github,twilio')).stderr).toContain('--public-url');
    expect(project.read('webhooks.config.yaml')).toBe(before);
  });

  it.skipIf(!hasScript)('asks at a terminal (skipped without util-linux’s script)', async () => {
    const terminal = project.onTerminal('init --config new.yaml');
    await terminal.after(/A name for the whole/, '\r');
    await terminal.after(/Type: to search/, 'stripe');
    await terminal.after(/match/, '\t\r');
    expect(await terminal.ended()).toBe(0);
    expect(project.read('new.yaml')).toMatch(/^name: webhooks$/m);
    expect(project.read('new.yaml')).toContain('  stripe: # → POST /stripe');
  });

  it.skipIf(!hasScript)('does nothing after Ctrl-C (skipped without util-linux’s script)', async () => {
    const terminal = project.onTerminal('init --config new.yaml');
    await terminal.after(/A name for the whole/, '\u0003');
    expect(await terminal.ended()).toBe(1);
    expect(terminal.screen).toContain('hookport: nothing was done');
    expect(project.has('new.yaml')).toBe(false);
  });

  it.skipIf(!hasScript)('does nothing after Ctrl-D, and says so (skipped without util-linux’s script)', async () => {
    const before = project.read('webhooks.config.yaml');
    const terminal = project.onTerminal('init --config webhooks.config.yaml');
    await terminal.after(/Write a new one/, '\u0004');
    expect(await terminal.ended()).toBe(1);
    expect(terminal.screen).toContain('hookport: nothing was done');
    expect(project.read('webhooks.config.yaml')).toBe(before);
  });
});

test('completion knows commands, sources and providers of now, whatever is wrong with the YAML', async () => {
  const suggested = async (...args: string[]) =>
    (await project.run('complete', '--', ...args)).stdout.replaceAll(/\t.*/g, '');
  expect(await suggested('')).toMatch(/^init\nadd\nstart\n/);
  expect(await suggested('send', '')).toBe('github\npaddle\nzendesk\n:4\n');
  writeFileSync(path.join(project.folder, 'webhooks.config.yaml'), 'sources: [');
  expect(await suggested('send', '')).toBe(':4\n');
});

test('completion runs in bash where the path of the project has a blank and an apostrophe', () => {
  expect(project.folder).toMatch(/'.* /);
  // The script asks so: a text with the command, which is then evaluated.
  const asks =
    'words=(hookport pau); eval "$("$0" src/cli/hookport.js completion bash | grep -m1 requestComp=)"; eval "$requestComp"';
  const { stdout, stderr } = spawnSync('bash', ['-c', asks, process.execPath], {
    cwd: project.folder,
    encoding: 'utf8',
  });
  expect({ stdout, stderr }).toEqual({ stdout: expect.stringContaining('pause\t'), stderr: '' });
});
