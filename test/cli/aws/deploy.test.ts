import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { buildApp } from '../../../infra/build-app.ts';
import * as cdk from '../../../src/cli/aws/cdk.ts';
import { addDeploy } from '../../../src/cli/commands/deploy.ts';
import type { Template } from './account/cloudformation.ts';
import { type Account, startAccount } from './account/start.ts';
import { hookport, hookportInTerminal } from './run.ts';

/**
 * The command line, the pinned CDK CLI and the stack, for real, against an account on this machine. What AWS itself does
 * with the template is not proved here; which requests it is asked, and what a person is asked before, is.
 */
const folder = mkdtempSync(join(tmpdir(), 'hookport-deploy-'));
let account: Account;
/** Answers what the API would to the probe of a deployed route. */
const api = createServer((_request, response) => response.writeHead(400).end());

/**
 * What the CDK CLI needs beside the account: a home that is not this machine's. Without the CDK's own validation, which costs
 * more than the deploy: test/infra/validation.test.ts has it.
 */
const environment = (of = account) => ({
  ...of.environment,
  HOME: folder,
  CDK_VALIDATION: 'false',
  CDK_DISABLE_VERSION_CHECK: 'true',
});

function config(name: string, sources: string): string {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, `name: acme\nsources:\n${sources}`);
  return file;
}
const both = config('both', '  github: { provider: github }\n  paddle: { provider: paddle }\n');
const others =
  'queue: { retention: 10d, maxReceiveCount: 8 }, handler: test/fixtures/handlers/note-effects.ts, timeout: 10m';
const changed = config('changed', `  github: { provider: github }\n  paddle: { provider: paddle, ${others} }\n`);
const moved = config('moved', '  github: { provider: github, path: /hub }\n');

const newAccount = () => startAccount({ apiEndpoint: `http://127.0.0.1:${(api.address() as AddressInfo).port}` });

beforeAll(async () => {
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  account = await newAccount();
});
afterAll(async () => {
  await account.close();
  api.close();
  rmSync(folder, { recursive: true });
});

const { context } = JSON.parse(readFileSync(new URL('../../../cdk.json', import.meta.url), 'utf8')) as {
  context: Record<string, unknown>;
};

/** The project's app, which the CDK CLI starts in a process of its own, as it makes a stack of a configuration. */
async function appOf(file: string): Promise<Awaited<ReturnType<typeof buildApp>>> {
  vi.stubEnv('CDK_CONTEXT_JSON', JSON.stringify({ ...context, config: file }));
  vi.stubEnv('CDK_VALIDATION', 'false');
  try {
    return await buildApp();
  } finally {
    vi.unstubAllEnvs();
  }
}

/** @returns what `--app` takes instead of the command that starts the app */
async function synthesized(file: string): Promise<string> {
  return (await appOf(file)).app.synth().directory;
}

const routes = () =>
  Object.values(account.deployed('acme')?.Resources ?? {})
    .flatMap(({ Type, Properties }) => (Type === 'AWS::ApiGatewayV2::Route' ? [String(Properties?.['RouteKey'])] : []))
    .toSorted();

test.skipIf(platform() !== 'linux')(
  'deploys, asks before a URL stops serving, takes up what a removed source left, and destroys (in a terminal; util-linux alone has this `script`)',
  async () => {
    const first = await hookportInTerminal(
      ['deploy', '--config', both, '--', '--output', join(folder, 'both')],
      environment(),
      [{ question: 'Do you wish to deploy these changes', answer: 'y' }],
    );
    expect(first.shown).toContain('IAM Statement Changes');
    expect(first).toMatchObject({ code: 0, shown: expect.stringMatching(/ok +github .*reaches its queue/) });
    expect(first.shown).toMatch(/ok +paddle .*reaches its queue/);
    expect(routes()).toEqual(['POST /github', 'POST /paddle']);

    const same = await hookport(['diff', '--config', both, '--', '--app', join(folder, 'both')], environment());
    expect(same).toMatchObject({ code: 0, errors: expect.stringContaining('There were no differences') });

    const refused = await hookportInTerminal(['deploy', '--config', moved], environment(), [
      { question: 'Deploy all the same?', answer: 'n' },
    ]);
    expect(refused).toMatchObject({ code: 1, shown: expect.stringMatching(/POST \/github[^]*POST \/paddle/) });
    expect(refused.shown).toContain('nothing was deployed');
    expect(account.executed()).toBe(1);

    const agreed = await hookportInTerminal(
      ['deploy', '--config', moved, '--', '--app', await synthesized(moved)],
      environment(),
      [
        { question: 'Deploy all the same?', answer: 'y' },
        { question: 'Do you wish to deploy these changes', answer: 'y' },
      ],
    );
    expect(routes()).toEqual(['POST /hub']);
    expect(agreed).toMatchObject({ code: 0, shown: expect.stringMatching(/ok +github .*\/hub +reaches its queue/) });
    expect(account.kept()).toEqual(['acme-paddle', 'acme-paddle-dlq', 'acme/paddle']);

    const before = { MessageRetentionPeriod: 7 * 86_400, VisibilityTimeout: 120 };
    expect(account.settings('acme-paddle')).toMatchObject(before);
    // What it takes up is by the app that the CDK CLI starts.
    const app = ['--', '--app', await synthesized(changed)];
    const back = await hookport(['deploy', '--yes', '--config', changed, ...app], environment());
    expect(back).toMatchObject({ code: 0, out: expect.stringMatching(/ok +paddle/) });
    expect(account.kept()).toEqual([]);
    // Not only in the template: an import leaves each queue as it is.
    expect(account.settings('acme-paddle')).toMatchObject({
      MessageRetentionPeriod: 10 * 86_400,
      VisibilityTimeout: 6 * 615,
      RedrivePolicy: { maxReceiveCount: 8 },
    });

    const destroyed = await hookportInTerminal(
      ['destroy', '--config', both, '--', '--app', join(folder, 'both')],
      environment(),
      [{ question: 'Are you sure you want to delete', answer: 'y' }],
    );
    expect(destroyed.code).toBe(0);
    expect(account.deployed('acme')).toBeUndefined();
    expect(account.kept()).toHaveLength(6);

    expect(account.unknown).toEqual([]);
  },
  300_000,
);

/** A stack as it is deployed: each source with its URL, and what else. */
function deployed(name: string, urls: Record<string, string>, others: Template['Resources'] = {}): void {
  const outputs = Object.entries(urls).flatMap(([source, url]) => [
    [`${source}Url`, { Value: url }],
    [`${source}Queues`, { Value: JSON.stringify({ source }) }],
  ]);
  const routes = Object.entries(urls).map(([source, url]) => [
    `Route${source}`,
    { Type: 'AWS::ApiGatewayV2::Route', Properties: { RouteKey: `POST ${new URL(url).pathname}` } },
  ]);
  account.put(name, {
    Resources: { ...(Object.fromEntries(routes) as Template['Resources']), ...others },
    Outputs: Object.fromEntries(outputs) as NonNullable<Template['Outputs']>,
  });
}

/** A deploy of one source that nobody is there to be asked about. */
async function deployUnasked(
  name: string,
  rest: string,
  args: string[] = [],
  environs: Record<string, string> = environment(),
) {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, `name: ${name}\n${rest}\n`);
  const before = account.executed();
  const ended = await hookport(['deploy', '--config', file, ...args], environs);
  expect(account.executed()).toBe(before);
  return ended;
}
const github = 'sources:\n  github: { provider: github }';
const zone = 'hostedZone: { id: Z1, name: example.com }';

test('deploys nothing that would remove a route while nobody is there to be asked', async () => {
  deployed('other', { gone: 'https://abc.example.com/gone' });
  const { code, out, errors } = await deployUnasked('other', github);
  expect(code).toBe(2);
  expect(out).toContain('POST /gone');
  expect(errors).toContain('add --yes');
});

test.skipIf(platform() !== 'linux').each([
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
])('deploys nothing where the question is answered with %s, and says so', async (_, answer) => {
  deployed('stopped', { gone: 'https://abc.example.com/gone' });
  const file = join(folder, 'stopped.yaml');
  writeFileSync(file, `name: stopped\n${github}\n`);
  const before = account.executed();
  const asked = [{ question: 'Deploy all the same?', answer }];
  const { code, shown } = await hookportInTerminal(['deploy', '--config', file], environment(), asked);
  expect({ code, shown }).toEqual({ code: 1, shown: expect.stringContaining('hookport: nothing was deployed') });
  expect(account.executed()).toBe(before);
});

test('does not ask about routes that are not a source’s: infra/app.ts may have its own, which stay', async () => {
  const health = { Type: 'AWS::ApiGatewayV2::Route', Properties: { RouteKey: 'GET /health' } };
  const paths = { gone: 'https://abc.example.com/gone' };
  deployed('extended', paths, { Health: health });
  const { out } = await deployUnasked('extended', github);
  expect(out).toMatch(/there:\n {2}POST \/gone\n$/);
});

test('asks before a queue keeps for less long: SQS deletes what is older', async () => {
  const queue = (name: string, MessageRetentionPeriod: number) => ({
    Type: 'AWS::SQS::Queue',
    Properties: { QueueName: name, MessageRetentionPeriod },
  });
  const others = {
    Queue: queue('shorter-github', 8 * 86_400),
    Dead: queue('shorter-github-dlq', 10 * 86_400),
    Foreign: queue('mine', 86_400),
    Referred: { Type: 'AWS::SQS::Queue', Properties: {} },
  };
  deployed('shorter', { github: 'https://abc.example.com/github' }, others);
  const { code, out, errors } = await deployUnasked(
    'shorter',
    `sources:\n  github: { provider: github, queue: { retention: 7d }, deadLetter: { retention: 12d } }`,
  );
  expect(out).toMatch(/older[^]*:\n {2}shorter-github: 7d instead of 8d\n$/);
  expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining('add --yes') });
});

test('asks as well where a queue that comes back kept for longer, before it takes anything up', async () => {
  account.keep('back-github-dlq', { MessageRetentionPeriod: 14 * 86_400 });
  const shorter = 'sources:\n  github: { provider: github, deadLetter: { retention: 10d } }';
  const { code, out, errors } = await deployUnasked('back', shorter);
  expect(out).toMatch(/older[^]*:\n {2}back-github-dlq: 10d instead of 14d\n$/);
  expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining('add --yes') });
});

test('takes up no secret that is about to be deleted, which no function could read, and says how to have it back', async () => {
  account.keep('going/github', { DeletedDate: Date.now() / 1000 });
  const { code, errors } = await deployUnasked('going', github, ['--yes']);
  expect({ code, errors }).toEqual({
    code: 2,
    errors: expect.stringContaining('aws secretsmanager restore-secret --secret-id going/github;'),
  });
});

test('asks as well before a domain of every URL goes, or the API’s own URL', async () => {
  const domain = (name: string) => ({ Type: 'AWS::ApiGatewayV2::DomainName', Properties: { DomainName: name } });
  const api = { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'named' } };
  const others = { Domain: domain('hooks.example.com'), Api: api, Foreign: domain('site.example.com') };
  deployed('named', { github: 'https://hooks.example.com/github' }, others);
  const moved = await deployUnasked('named', `domain: { name: in.example.com, ${zone} }\n${github}`);
  expect(moved).toMatchObject({
    code: 2,
    out: expect.stringMatching(/lose[^]*\n {2}https:\/\/hooks\.example\.com\/…\n$/),
  });
  const gone = await deployUnasked('named', github);
  expect(gone).toMatchObject({ code: 2, out: expect.stringContaining('https://hooks.example.com/…') });
  const alone = `domain: { name: hooks.example.com, ${zone}, exclusive: true }\n${github}`;
  const exclusive = await deployUnasked('named', alone);
  expect(exclusive).toMatchObject({ code: 2, out: expect.stringMatching(/there:\n {2}the API’s own URL .*\n$/) });
});

test('refuses what API Gateway would refuse in the middle: a path that goes to another source', async () => {
  deployed('renamed', { old: 'https://abc.example.com/github' });
  const { code, errors } = await deployUnasked('renamed', github, ['--yes']);
  expect(code).toBe(2);
  expect(errors).toContain('/github serves the source "old" now and would serve "github"');
});

test.each(['--profile staging', '--profile=staging'])('asks the account that %s deploys to', async (given) => {
  deployed('elsewhere', { gone: 'https://abc.example.com/gone' });
  // The AWS SDK reads a file of a home once.
  const HOME = mkdtempSync(join(folder, 'home-'));
  mkdirSync(join(HOME, '.aws'));
  writeFileSync(
    join(HOME, '.aws/config'),
    `[profile staging]\nendpoint_url = ${account.environment['AWS_ENDPOINT_URL']}\naws_access_key_id = local\naws_secret_access_key = local\n`,
  );
  const nowhere = { HOME, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' };
  const { code, out } = await deployUnasked('elsewhere', github, ['--', ...given.split(' ')], nowhere);
  expect({ code, out }).toEqual({ code: 2, out: expect.stringContaining('POST /gone') });
});

test('asks the region that the CDK deploys to', async () => {
  deployed('there', { gone: 'https://abc.example.com/gone' });
  const regions = { ...environment(), AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-west-1' };
  const { code, out } = await deployUnasked('there', github, [], regions);
  expect({ code, out }).toEqual({ code: 2, out: expect.stringContaining('POST /gone') });
});

/** What the user's `infra/app.ts` might make: a second stack that uses the first. */
async function withReports(file: string): Promise<{ directory: string; template: Template }> {
  const { app, stack } = await appOf(file);
  const reports = new Stack(app, 'reports');
  const queue = new CfnQueue(reports, 'Queue', { queueName: 'reports' });
  queue.stack.addStackDependency(stack);
  const assembly = app.synth();
  return { directory: assembly.directory, template: assembly.getStackByName('acme').template as Template };
}

test('deploys after a first deploy that failed, takes up what it left, and leaves the stacks alone that use this one', async () => {
  const { directory, template } = await withReports(both);
  const other = await newAccount();
  for (const [name, value] of Object.entries(environment(other))) vi.stubEnv(name, value);
  try {
    const run = cdk.runCdk;
    // The project's own app makes one stack; the CDK CLI deals with this assembly for real.
    vi.spyOn(cdk, 'runCdk').mockImplementation(async (args, given) => {
      if (args[0] !== 'synth') return run(args, given);
      cpSync(directory, args.at(-1) ?? '', { recursive: true });
      return 0;
    });
    const shown = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    // As `npx cdk deploy` leaves them, which takes nothing up and meets names that are taken.
    for (const { Properties: { QueueName, Name, ...settings } = {}, DeletionPolicy } of Object.values(
      template.Resources,
    ))
      if (DeletionPolicy === 'RetainExceptOnCreate') other.keep(String(QueueName ?? Name), settings);
    expect(other.kept()).toHaveLength(6);
    other.leave('acme', 'ROLLBACK_COMPLETE', template);
    other.put('reports', { Resources: {} });

    const program = new Command();
    addDeploy(program);
    await program.parseAsync(['deploy', '--yes', '--config', both, '--', '--app', directory], { from: 'user' });

    expect(process.exitCode).toBeUndefined();
    expect(shown.mock.calls.join('\n')).toMatch(/ok +paddle .*reaches its queue/);
    expect(other.kept()).toEqual([]);
    expect(other.deployed('reports')).toBeDefined();
    expect(other.unknown).toEqual([]);
  } finally {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    await other.close();
  }
}, 120_000);
