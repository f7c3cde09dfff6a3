import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { bundleConsumers } from '../infra/bundle/bundle-consumers.ts';
import { runEsbuild } from '../infra/bundle/esbuild.ts';
import { catalogue } from '../providers/index.ts';
import { loadConfig } from '../src/config/load.ts';
import { makePlan } from '../src/plan/make-plan.ts';
import { startSecretsManager } from '../test/secrets/local-secrets-manager.ts';
import { handWrittenEvent, hookportEvent, secret } from './bundle/event.ts';

/**
 * Size and start of GitHub's Lambda bundle as `hookport deploy` makes it, beside a hand-written function with
 * `@octokit/webhooks` and the SQS client, and an empty one; all by the same esbuild settings. Each start is a fresh
 * process; rounds interleave, so that a busy moment hits all alike; medians count. `init` is the import; `first` is the
 * import and the first delivery, a genuine push: Hookport loads its handler and the secrets client with that, and asks a
 * Secrets Manager on this machine. The hand-written one has its secret in the environment, or reads it there too.
 *
 * `npm run bench:bundle -- [--rounds 31]`
 */
const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '31' } } });
const rounds = Number(options.rounds);
const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'hookport-bench-bundle-'));

interface Bundle {
  entry: string;
  bytes: number;
  gzipBytes: number;
}

function measureFiles(at: string): Bundle {
  const modules = readdirSync(at, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.mjs'));
  const contents = modules.map((file) => readFileSync(join(at, file)));
  return {
    entry: join(at, 'index.mjs'),
    bytes: contents.reduce((sum, each) => sum + each.length, 0),
    gzipBytes: contents.reduce((sum, each) => sum + gzipSync(each, { level: 9 }).length, 0),
  };
}

async function bundleAlone(name: string, module: string): Promise<Bundle> {
  const { files } = await runEsbuild(root, { modules: { index: module } });
  for (const [path, contents] of files) {
    const target = join(folder, name, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, contents);
  }
  return measureFiles(join(folder, name));
}

async function bundleHookport(): Promise<Bundle> {
  const file = join(folder, 'webhooks.config.yaml');
  writeFileSync(file, 'name: bench\nsources:\n  github: { provider: github, handler: src/handlers/github.ts }\n');
  const loaded = await loadConfig(file, { catalogue, root });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const plan = makePlan(loaded.config, catalogue);
  const folders = await bundleConsumers({ plan, catalogue, root, outDir: join(folder, 'hookport') });
  return measureFiles(folders.get('github') ?? '');
}

const run = promisify(execFile);
const program = join(import.meta.dirname, 'bundle/init-process.ts');

interface Times {
  initMs: number;
  firstMs: number;
}

async function start({ entry }: Bundle, event: string, endpoint: string): Promise<Times> {
  const { stdout, stderr } = await run(process.execPath, [program, entry, event], {
    env: {
      PATH: process.env['PATH'],
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
      GITHUB_WEBHOOK_SECRET: secret,
      HOOKPORT_STACK: 'bench',
      HOOKPORT_QUEUE_URL: 'http://127.0.0.1:9/q',
      HOOKPORT_DEAD_LETTER_QUEUE_URL: 'http://127.0.0.1:9/d',
      HOOKPORT_SECRET_ID: 's',
    },
  });
  const { answer, ...times } = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as Times & {
    answer?: { batchItemFailures: unknown[] };
  };
  if (answer && answer.batchItemFailures.length > 0) throw new Error(`${entry} did not handle the delivery: ${stdout}`);
  return times;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

const secretsManager = await startSecretsManager({ s: { current: secret, changedAt: new Date(0) } });
try {
  const bundles = {
    empty: await bundleAlone('empty', './bench/bundle/empty.ts'),
    'hand-written': await bundleAlone('hand-written', './bench/bundle/hand-written.ts'),
    'hand-written, secret': await bundleAlone('secret', './bench/bundle/hand-written-secret.ts'),
    hookport: await bundleHookport(),
  };
  const names = Object.keys(bundles) as (keyof typeof bundles)[];
  const times = new Map(names.map((name) => [name, [] as Times[]]));
  for (let round = 0; round < rounds; round++)
    for (const name of names) {
      const event = join(folder, `${name}.json`);
      writeFileSync(event, JSON.stringify(name === 'hookport' ? hookportEvent() : handWrittenEvent()));
      times.get(name)?.push(await start(bundles[name], event, secretsManager.endpoint));
    }

  const round1 = (value: number) => Math.round(value * 10) / 10;
  const results = names.map((name) => {
    const measured = times.get(name) ?? [];
    return {
      name,
      kB: round1(bundles[name].bytes / 1000),
      gzipKb: round1(bundles[name].gzipBytes / 1000),
      initMs: round1(median(measured.map(({ initMs }) => initMs))),
      firstMs: round1(median(measured.map(({ firstMs }) => firstMs))),
    };
  });
  console.table(results);
  const ours = results.find(({ name }) => name === 'hookport');
  const ratio = (a: number | undefined, b: number) => Math.round(((a ?? NaN) / b) * 100) / 100;
  const ratios = results.map(({ name, kB, gzipKb, initMs, firstMs }) => ({
    hookportTo: name,
    kB: ratio(ours?.kB, kB),
    gzipKb: ratio(ours?.gzipKb, gzipKb),
    initMs: ratio(ours?.initMs, initMs),
    firstMs: ratio(ours?.firstMs, firstMs),
  }));
  console.table(ratios);
  const target = join(import.meta.dirname, 'results/bundle.json');
  mkdirSync(dirname(target), { recursive: true });
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length };
  writeFileSync(target, `${JSON.stringify({ rounds, machine, results, ratios }, null, 2)}\n`);
} finally {
  await secretsManager.close();
  rmSync(folder, { recursive: true });
}
