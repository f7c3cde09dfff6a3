import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { arrived, sourcePlan } from '../../fakes/source.ts';
import { type Fault, startFaultyEndpoint } from '../../infra/lambda/faulty-endpoint.ts';
import { startSecretsManager } from '../../secrets/local-secrets-manager.ts';
import { type QueueEndpoint, queueEndpoints } from './queue-endpoints.ts';
import { hookport } from './run.ts';

/** The command of the Dockerfile's ENTRYPOINT, as a process. */
const root = join(import.meta.dirname, '../../..');
const { queue, deadLetterQueue } = sourcePlan();
const folder = mkdtempSync(join(tmpdir(), 'hookport-worker-'));
const config = join(folder, 'webhooks.config.yaml');
writeFileSync(
  config,
  'name: acme\nsources:\n  github: { provider: github, consumer: worker, handler: test/fixtures/handlers/slow.ts }\n  zendesk: { provider: zendesk }\n',
);
afterAll(() => rmSync(folder, { recursive: true }));

function startWorkerProcess(environment: Record<string, string>, file = config, ...more: string[]) {
  return spawn(process.execPath, ['src/cli/hookport.js', 'worker', 'github', '--config', file, ...more], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      ...environment,
    },
  });
}

describe.each(queueEndpoints)('a worker’s process against %s', (name, open) => {
  let endpoint: QueueEndpoint;
  let secrets: Awaited<ReturnType<typeof startSecretsManager>>;
  beforeAll(async () => {
    endpoint = await open([queue, deadLetterQueue]);
    secrets = await startSecretsManager({ 'acme/github': { current: 'right', changedAt: new Date(0) } });
  });
  afterAll(async () => {
    await endpoint.close();
    await secrets.close();
  });

  it('handles what is verified, puts aside what is not, and at SIGTERM finishes what is in hand', async () => {
    const effects = join(folder, `${name}.txt`);
    writeFileSync(effects, '');
    const child = startWorkerProcess({
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
      ...endpoint.environment,
      EFFECTS_FILE: effects,
    });
    let [out, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    try {
      await endpoint.queue(queue.name).send(arrived({ id: 'good' }));
      await endpoint.queue(queue.name).send(arrived({ id: 'forged', secret: 'guessed' }));
      const noted = () => readFileSync(effects, 'utf8');
      await vi.waitFor(() => expect(noted()).toContain('started good'), { timeout: 15_000, interval: 20 });
      child.kill('SIGTERM');
      const [code] = (await once(child, 'close')) as [number];
      expect({ code, noted: noted() }).toEqual({ code: 0, noted: 'started good\nfinished good\n' });
    } finally {
      child.kill('SIGKILL');
    }
    expect(await endpoint.queue(queue.name).depth()).toMatchObject({ visible: 0, inFlight: 0 });
    const dead = await endpoint
      .queue(deadLetterQueue.name)
      .receive({ maxMessages: 10, waitSeconds: 0, visibilityTimeoutSeconds: 5 });
    expect(dead.map(({ attributes }) => attributes['HookportOutcome']?.stringValue)).toEqual([
      expect.stringContaining('signature_mismatch'),
    ]);
    expect(errors).toContain('"the worker has stopped"');
    // As in a function's log, each attempt has a line: docs/operations.md.
    const attempts = errors
      .split('\n')
      .filter((line) => line.includes('"message":"delivery"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(attempts).toHaveLength(2);
    const ofAny = { source: 'github', attempt: 1, messageId: expect.any(String) };
    expect(attempts).toContainEqual(
      expect.objectContaining({ ...ofAny, level: 'info', outcome: 'handled', deliveryId: 'good' }),
    );
    const rejected = { level: 'warn', outcome: 'rejected', reason: 'signature_mismatch', deadLettered: true };
    expect(attempts).toContainEqual(expect.objectContaining({ ...ofAny, ...rejected }));
    // What CloudWatch makes metrics of.
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toContainEqual(expect.objectContaining({ stack: 'acme', source: 'github', Handled: 1 }));
    expect(lines).toContainEqual(expect.objectContaining({ secret: 'current', SecretMatched: 1 }));
  });
});

it('a call to Secrets Manager that nobody answers holds up neither the deliveries nor the stop', async () => {
  const open = queueEndpoints[0]![1];
  const endpoint = await open([queue, deadLetterQueue]);
  const secrets = await startSecretsManager({ 'acme/github': { current: 'right', changedAt: new Date(0) } });
  const faults: Fault[] = ['silent'];
  const faulty = await startFaultyEndpoint(secrets.endpoint, () => faults.shift());
  const effects = join(folder, 'unanswered.txt');
  writeFileSync(effects, '');
  const child = startWorkerProcess({
    AWS_ENDPOINT_URL_SECRETS_MANAGER: faulty.endpoint,
    ...endpoint.environment,
    EFFECTS_FILE: effects,
  });
  try {
    await endpoint.queue(queue.name).send(arrived({ id: 'good' }));
    const noted = () => readFileSync(effects, 'utf8');
    await vi.waitFor(() => expect(noted()).toContain('started good'), { timeout: 15_000, interval: 20 });
    child.kill('SIGTERM');
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, noted: noted() }).toEqual({ code: 0, noted: 'started good\nfinished good\n' });
  } finally {
    child.kill('SIGKILL');
    await faulty.close();
    await secrets.close();
    await endpoint.close();
  }
}, 20_000);

it('loads a handler again whose top level failed, says where it failed, and ends though the handler keeps a connection open', async () => {
  const endpoint = await queueEndpoints[0]![1]([queue, deadLetterQueue]);
  const effects = join(folder, 'connected.txt');
  const file = join(folder, 'loads-later.yaml');
  writeFileSync(file, readFileSync(config, 'utf8').replace('slow.ts', 'loads-later.ts'));
  const child = startWorkerProcess(
    { ...endpoint.environment, EFFECTS_FILE: effects, HOME: folder, GITHUB_WEBHOOK_SECRET: 'right' },
    file,
    '--env-secrets',
  );
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdout.resume();
  try {
    await endpoint.queue(queue.name).send(arrived({ id: 'early' }));
    await vi.waitFor(() => expect(errors).toContain('handler_not_loaded'), { timeout: 15_000, interval: 20 });
    const lines = errors
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const detail = expect.stringMatching(/loads-later\.ts: Error: no database$/);
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: 'a handler could not be loaded',
        source: 'github',
        detail,
        stack: expect.stringMatching(/^ +at .*loads-later\.ts:7:\d+\)?$/),
      }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ reason: 'handler_not_loaded', detail }));
    writeFileSync(effects, '');
    // No sooner than a second after it failed.
    await sleep(1500);
    await endpoint.queue(queue.name).send(arrived({ id: 'late' }));
    await vi.waitFor(() => expect(readFileSync(effects, 'utf8')).toBe('late\n'), { timeout: 5000, interval: 20 });
    child.kill('SIGTERM');
    const ended = await Promise.race([once(child, 'close'), sleep(5000)]);
    expect(ended).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
    await endpoint.close();
  }
}, 30_000);

it('says so where a source has nothing to run', async () => {
  const { code, errors } = await hookport(['worker', 'zendesk', '--config', config], {});
  expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining('nothing to run') });
});
