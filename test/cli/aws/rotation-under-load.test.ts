import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { github } from '../../../providers/github.ts';
import { redriveAfterChange, rejectsByOldSeconds } from '../../../src/cli/aws/redrive-after-change.ts';
import { putSecret } from '../../../src/cli/aws/secret-versions.ts';
import type { RedriveReport } from '../../../src/consumer/redrive.ts';
import { type RunningWorker, startWorker } from '../../../src/consumer/worker.ts';
import { dispatchInProcess } from '../../../src/delivery/dispatch.ts';
import type { DeliveryRecord } from '../../../src/delivery/record.ts';
import { startSqsEndpoint } from '../../../src/local/sqs-endpoint/start.ts';
import { createSqsQueue } from '../../../src/queue/sqs.ts';
import { createSecretsManagerStore } from '../../../src/secrets/secrets-manager.ts';
import { createLogFake } from '../../fakes/log.ts';
import { arrived, sourcePlan } from '../../fakes/source.ts';
import { type InProcessQueues, openInProcess } from '../../queue/embedded/in-process.ts';
import { sqsClient } from '../../queue/fauxqs.ts';
import { startSecretsManager } from '../../secrets/local-secrets-manager.ts';
import { hookport, localAws } from './run.ts';

/**
 * The stories of rotation.test.ts while deliveries keep coming: commands run, a worker consumes over SQS, and
 * what the provider signs with changes between two deliveries. Time goes by the deliveries.
 */
const source = sourcePlan();
const minuteMs = 60_000;
/** So much time passes with each delivery; less while a process runs, whose time is the machine's. */
const [stepMs, stepOfProcessMs] = [5000, 20];
/** After so long a worker has read the secrets again, even if none was a mismatch. */
const warmMinutes = 6;
/** So many deliveries may wait for their first attempt; then the sender, and time with it, waits. */
const backlog = 8;

let folder: string;
let embedded: InProcessQueues;
let sqs: Awaited<ReturnType<typeof startSqsEndpoint>>;
let client: SQSClient;
let secrets: Awaited<ReturnType<typeof startSecretsManager>>;
let secretsClient: SecretsManagerClient;
let worker: RunningWorker;
let load: Load;
let records: DeliveryRecord[];
/** The last outcome of each delivery that was attempted, by request id. */
let outcomes: Map<string | undefined, DeliveryRecord['outcome']>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hookport-rotation-'));
  writeFileSync(
    join(folder, 'w.yaml'),
    'name: acme\nsources:\n  github: { provider: github, handler: test/fixtures/handlers/note-effects.ts }\n',
  );
  // Commands go by the machine's clock. What they are to find must not be of their future.
  const now = Date.now() - 60 * minuteMs;
  embedded = await openInProcess([source.queue, source.deadLetterQueue], { folder, now });
  sqs = await startSqsEndpoint({ port: 0, queues: embedded.queues, log: createLogFake() });
  const endpoint = `http://127.0.0.1:${sqs.port}`;
  client = sqsClient(endpoint);
  secrets = await startSecretsManager({ 'acme/github': { current: 'old', changedAt: new Date(0) } });
  secretsClient = new SecretsManagerClient({
    endpoint: secrets.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  for (const [name, value] of Object.entries(environment())) vi.stubEnv(name, value);
  [records, outcomes] = [[], new Map()];
  const clock = () => embedded.now();
  const overSqs = (name: string) => createSqsQueue({ client, name, queueUrl: `${endpoint}/000000000000/${name}` });
  worker = startWorker({
    source,
    provider: github,
    queue: overSqs(source.queue.name),
    deadLetterQueue: overSqs(source.deadLetterQueue.name),
    secrets: createSecretsManagerStore({ client: async () => secretsClient, secretId: () => 'acme/github', clock }),
    dispatch: dispatchInProcess({
      load: () => import('../../fixtures/lambda-handlers/by-event.ts'),
      provider: github,
      timeoutMs: 30_000,
      log: createLogFake(),
    }),
    record: (record) => {
      records.push(record);
      outcomes.set(record.requestId, record.outcome);
    },
    clock,
    log: createLogFake(),
  });
  load = startLoad();
});
afterEach(async () => {
  await load.stop();
  await worker.stop();
  client.destroy();
  secretsClient.destroy();
  await sqs.close();
  await embedded.close();
  await secrets.close();
  rmSync(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

interface Sent {
  secret: string;
  at: number;
}

interface Load {
  /** By request id. */
  sent: Map<string, Sent>;
  /** What the provider signs with. */
  signs: string;
  /** Whoever has learned a secret signs every third delivery with it. */
  forges: string | undefined;
  processRuns: boolean;
  /** Deliveries come for so long. */
  minutes(count: number): Promise<void>;
  /** Deliveries come until this is so. */
  until(holds: () => boolean): Promise<void>;
  stop(): Promise<void>;
}

function startLoad(): Load {
  const sent: Load['sent'] = new Map();
  const stopping = new AbortController();
  const send = async () => {
    const id = `d-${sent.size}`;
    const at = embedded.now();
    const secret = load.forges !== undefined && sent.size % 3 === 0 ? load.forges : load.signs;
    sent.set(`request-${id}`, { secret, at });
    const delivery = arrived({ id, body: '{"action":"fine"}', secret, at });
    expect(await embedded.queues.queue(source.queue.name).send(delivery)).toMatchObject({ ok: true });
  };
  const go = async () => {
    for (; !stopping.signal.aborted; await sleep(load.processRuns ? 5 : 2)) {
      const isAhead = sent.size - outcomes.size >= backlog;
      if (!isAhead) embedded.pass(load.processRuns ? stepOfProcessMs : stepMs);
      if (!isAhead) await send();
    }
    // What was put off comes due.
    for (; unsettled().length > 0; await sleep(2)) embedded.pass(stepMs);
  };
  const load: Load = {
    sent,
    signs: 'old',
    forges: undefined,
    processRuns: false,
    minutes(count) {
      const end = embedded.now() + count * minuteMs;
      return load.until(() => embedded.now() >= end);
    },
    async until(holds) {
      while (!holds()) await Promise.race([sleep(2), going]);
    },
    stop() {
      stopping.abort();
      return going;
    },
  };
  const going = go();
  return load;
}

function environment(): Record<string, string> {
  return {
    ...localAws,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${sqs.port}`,
  };
}

/** As a process; deliveries come while it starts, works and ends. */
async function command(args: string[], input?: string): Promise<string> {
  const before = load.sent.size;
  load.processRuns = true;
  const { code, out, errors } = await hookport([...args, '--config', join(folder, 'w.yaml')], environment(), input);
  load.processRuns = false;
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(load.sent.size).toBeGreaterThan(before);
  return out;
}

/** What `hookport secret set github` does, without the start of a process. */
const set = (value: string) => putSecret({ name: 'acme/github', existing: false }, value);

const unsettled = () => [...load.sent.keys()].filter((id) => [undefined, 'failed'].includes(outcomes.get(id)?.kind));

const rejections = () => records.filter(({ outcome }) => outcome.kind === 'rejected');

async function expectAllHandled(): Promise<void> {
  await load.stop();
  expect(outcomes.size).toBe(load.sent.size);
  expect(new Set([...outcomes.values()].map(({ kind }) => kind))).toEqual(new Set(['handled']));
  expect(await embedded.queues.queue(source.deadLetterQueue.name).depth()).toMatchObject({ visible: 0, inFlight: 0 });
}

describe('while deliveries keep coming, a new secret', () => {
  it('that is set here first rejects nothing; nor when the provider goes back first', async () => {
    await load.minutes(1);
    await command(['secret', 'set', 'github'], 'new');
    await load.minutes(warmMinutes);
    load.signs = 'new';
    await load.minutes(1);
    load.signs = 'old';
    await load.minutes(1);
    await set('old');
    await load.minutes(1);
    await expectAllHandled();
    expect(rejections()).toEqual([]);
  });

  it('that is taken back here first rejects nothing', async () => {
    await load.minutes(1);
    await set('new');
    await load.minutes(1);
    load.signs = 'new';
    await load.minutes(1);
    await set('old');
    await load.minutes(warmMinutes);
    load.signs = 'old';
    await load.minutes(1);
    await expectAllHandled();
    expect(rejections()).toEqual([]);
  });

  it('that the provider takes up first rejects some, which `secret set --redrive` brings back', async () => {
    // The worker has just read the secrets: what comes in the next minute waits until it may read them again.
    await load.until(() => outcomes.size > 0);
    load.signs = 'new';
    await load.until(() => rejections().length > 0);
    const resting = async () => (await embedded.queues.queue(source.deadLetterQueue.name).depth()).visible;
    await vi.waitUntil(async () => (await resting()) > 0);
    await set('new');
    const setAt = embedded.now();
    const reports: RedriveReport[] = [];
    await redriveAfterChange({
      source: { ...source, secret: { name: 'acme/github', existing: false } },
      provider: github,
      wait: (seconds) => load.minutes(seconds / 60),
      tell: (report) => void reports.push(report),
    });
    expect(reports).toMatchObject([{ moved: expect.toSatisfy((count) => count > 0) }, { skipped: {} }]);
    await load.minutes(1);
    await expectAllHandled();
    // There may be late ones, which the second redrive brings back, or none when the machine is slow.
    for (const { requestId, finishedAt } of rejections()) {
      expect(load.sent.get(requestId ?? '')).toMatchObject({ secret: 'new' });
      expect(load.sent.get(requestId ?? '')?.at).toBeLessThan(setAt);
      expect(finishedAt).toBeLessThan(setAt + rejectsByOldSeconds * 1000);
    }
  });
});

it('while deliveries keep coming, a leaked secret stops counting within five minutes of `secret revoke`', async () => {
  await set('new');
  load.signs = 'new';
  load.forges = 'old';
  await load.minutes(1);
  const before = embedded.now();
  await command(['secret', 'revoke', 'github']);
  const over = embedded.now() + 5 * minuteMs;
  await load.minutes(warmMinutes);
  await load.stop();
  const kinds = (secret: string, from: number, to: number) => {
    const ids = [...load.sent].filter(([, sent]) => sent.secret === secret && sent.at >= from && sent.at < to);
    return new Set(ids.map(([id]) => outcomes.get(id)?.kind));
  };
  // Those that waited when it was revoked may be either.
  expect(kinds('old', 0, before - backlog * stepMs)).toEqual(new Set(['handled']));
  expect(kinds('old', over, Infinity)).toEqual(new Set(['rejected']));
  expect(kinds('new', 0, Infinity)).toEqual(new Set(['handled']));
});
