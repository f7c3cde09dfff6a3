import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { github } from '../../../providers/github.ts';
import { putSecret, revokePrevious } from '../../../src/cli/aws/secret-versions.ts';
import { createLambdaConsumer } from '../../../src/consumer/lambda/consume.ts';
import { formatOutcome } from '../../../src/consumer/outcome-attribute.ts';
import { startSqsEndpoint } from '../../../src/local/sqs-endpoint/start.ts';
import type { DeliveryRecord } from '../../../src/delivery/record.ts';
import type { EmbeddedQueues } from '../../../src/queue/embedded/embedded-queue.ts';
import { openEmbeddedQueues } from '../../../src/queue/embedded/open.ts';
import type { Queue } from '../../../src/queue/queue.ts';
import { createSecretsManagerStore } from '../../../src/secrets/secrets-manager.ts';
import { createLogFake } from '../../fakes/log.ts';
import { arrived, sourcePlan } from '../../fakes/source.ts';
import { toRecord } from '../../infra/lambda/record.ts';
import { startSecretsManager } from '../../secrets/local-secrets-manager.ts';
import { hookport, localAws } from './run.ts';

/**
 * A secret is changed here and at the provider, in either order, while deliveries come; and back. The commands are the
 * documented ones, against local endpoints of AWS; the consumer is the Lambda function's, with a clock that can be moved on.
 */
const minuteMs = 60_000;
let folder: string;
let queues: EmbeddedQueues;
let sqs: Awaited<ReturnType<typeof startSqsEndpoint>>;
let secrets: Awaited<ReturnType<typeof startSecretsManager>>;
let client: SecretsManagerClient;
let queue: Queue;
let deadLetterQueue: Queue;
let offsetMs: number;
let records: DeliveryRecord[];
let lambda: ReturnType<typeof createLambdaConsumer>;
let count: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hookport-rotation-'));
  writeFileSync(
    join(folder, 'w.yaml'),
    'name: acme\nsources:\n  github: { provider: github, handler: test/fixtures/handlers/note-effects.ts }\n',
  );
  const { queue: source, deadLetterQueue: dead } = sourcePlan();
  queues = await openEmbeddedQueues({ folder, queues: [source, dead] });
  sqs = await startSqsEndpoint({ port: 0, queues, log: createLogFake() });
  [queue, deadLetterQueue] = [queues.queue(source.name), queues.queue(dead.name)];
  secrets = await startSecretsManager({ 'acme/github': { current: 'old', changedAt: new Date(0) } });
  client = new SecretsManagerClient({
    endpoint: secrets.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  // Behind the machine's clock, so that it can be moved on and commands still see the past.
  [offsetMs, records, count] = [-3 * 60 * minuteMs, [], 0];
  for (const [name, value] of Object.entries(environment())) vi.stubEnv(name, value);
  const clock = () => Date.now() + offsetMs;
  lambda = createLambdaConsumer({
    source: sourcePlan(),
    provider: github,
    load: async () => import('../../fixtures/lambda-handlers/by-event.ts'),
    queue,
    deadLetterQueue,
    secrets: createSecretsManagerStore({ client: async () => client, secretId: () => 'acme/github', clock }),
    record: (some) => void records.push(...some),
    clock,
    random: Math.random,
    log: createLogFake(),
  });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  client.destroy();
  await sqs.close();
  await queues.close();
  await secrets.close();
  rmSync(folder, { recursive: true, force: true });
});

/** So many deliveries come, signed with this; then the function runs until the queue is empty, an hour if need be. */
async function come(howMany: number, secret: string): Promise<void> {
  for (let each = 0; each < howMany; each++) {
    const sent = arrived({ id: `d-${count++}`, body: '{"action":"fine"}', secret, at: Date.now() + offsetMs });
    expect(await queue.send(sent)).toMatchObject({ ok: true });
  }
  await consume();
}

async function consume(): Promise<void> {
  for (let minute = 0; minute < 60; minute++) {
    const messages = await queue.receive({ maxMessages: 10, waitSeconds: 0, visibilityTimeoutSeconds: 1 });
    const { visible, inFlight, delayed } = await queue.depth();
    if (messages.length === 0 && visible + inFlight + delayed === 0) return;
    const Records = messages.map(({ attributes, ...message }) =>
      toRecord({
        MessageId: message.messageId,
        ReceiptHandle: message.receiptHandle,
        Body: message.body,
        Attributes: {
          SentTimestamp: String(message.sentAt + offsetMs),
          ApproximateReceiveCount: '1',
          ApproximateFirstReceiveTimestamp: '0',
        },
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [
            name,
            { DataType: value.dataType, StringValue: value.stringValue },
          ]),
        ),
      }),
    );
    const { batchItemFailures } = await lambda({ Records }, { getRemainingTimeInMillis: () => 300_000 });
    const stay = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { messageId, receiptHandle } of messages)
      await (stay.has(messageId) ? queue.changeVisibility(receiptHandle, 0) : queue.delete(receiptHandle));
    if (stay.size > 0) offsetMs += minuteMs;
  }
  throw new Error('the queue did not become empty');
}

/** What `hookport secret set github` does, without the start of a process. */
const set = (value: string) => putSecret({ name: 'acme/github', existing: false }, value);

async function cli(args: string[], input?: string): Promise<string> {
  const config = ['--config', join(folder, 'w.yaml')];
  const { code, out, errors } = await hookport([...args, ...config], environment(), input);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  return out;
}

function environment(): Record<string, string> {
  return {
    ...localAws,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${sqs.port}`,
  };
}

/** By delivery, its last outcome. */
function outcomes(): Record<string, number> {
  const last = new Map(records.map((record) => [record.requestId, record.outcome]));
  const names = [...last.values()].map((outcome) => ('reason' in outcome ? outcome.reason : outcome.kind));
  return Object.fromEntries([...new Set(names)].map((name) => [name, names.filter((each) => each === name).length]));
}

describe('a new secret', () => {
  it('that is set here first rejects nothing, before and after the provider takes it up', async () => {
    await come(3, 'old');
    await set('new');
    await come(3, 'old');
    await come(3, 'new');
    await come(1, 'old');
    expect(outcomes()).toEqual({ handled: 10 });
    expect(await deadLetterQueue.depth()).toMatchObject({ visible: 0 });
  });

  it('that the provider takes up first is handled by `secret set --redrive`, and nothing of it is lost', async () => {
    await come(2, 'old');
    await come(5, 'new');
    expect(outcomes()).toEqual({ handled: 2, signature_mismatch: 5 });
    expect(await deadLetterQueue.depth()).toMatchObject({ visible: 5 });
    // It then waits until functions have taken it up, to redrive once more.
    const args = ['secret', 'set', 'github', '--redrive', '--config', join(folder, 'w.yaml')];
    const redriven = await hookport(args, environment(), 'new', {
      interrupted: (printed) => vi.waitUntil(() => printed().includes('for 75 seconds'), { timeout: 15_000 }),
    });
    expect(redriven.out).toMatch(/is set\..*\n5 dead letters went back to the queue\.\n.*verified once more\.\n$/);
    expect(redriven).toMatchObject({
      code: 130,
      errors: 'waiting: interrupted at 0 of 75; later: hookport redrive github --aws\n',
    });
    await consume();
    await come(2, 'new');
    expect(outcomes()).toEqual({ handled: 9 });
    expect(await deadLetterQueue.depth()).toMatchObject({ visible: 0 });
  });

  it('sends back with `--redrive` what a secret refused, and not to the handler again what that had refused', async () => {
    const permanent = { kind: 'rejected', reason: 'permanent_error', detail: 'no' } as const;
    const { body, attributes } = arrived({ id: 'refused', secret: 'new', at: Date.now() + offsetMs });
    const why = formatOutcome(permanent, { attempts: 1, at: Date.now() + offsetMs });
    await deadLetterQueue.send({ body, attributes: { ...attributes, ...why } });
    await come(1, 'new');
    await set('new');
    const told = await cli(['secret', 'set', 'github', '--redrive'], 'new');
    expect(told).toContain('1 dead letters went back to the queue.\n1 rest for what no secret changes and were left:');
    expect(await deadLetterQueue.depth()).toMatchObject({ visible: 1 });
  });

  it('that is taken back, here first or at the provider first, loses nothing either', async () => {
    await set('new');
    await come(2, 'new');
    // Back at the provider first: the old one still counts as the previous.
    await come(2, 'old');
    await set('old');
    await come(2, 'old');
    // And the other way round: back here first, while the provider still signs with the new one.
    await come(2, 'new');
    expect(outcomes()).toEqual({ handled: 8 });
  });

  it('that is set twice by mistake leaves the one before in force', async () => {
    await set('new');
    expect(await cli(['secret', 'set', 'github'], 'new')).toContain('is that already; nothing was changed');
    await come(2, 'old');
    await come(2, 'new');
    expect(outcomes()).toEqual({ handled: 4 });
  });
});

describe('a secret that leaked', () => {
  it('stops counting when it is revoked, within five minutes also in a function that is warm', async () => {
    await set('new');
    await come(1, 'old');
    expect(await revokePrevious({ name: 'acme/github', existing: false })).toBe(true);
    offsetMs += 5 * minuteMs;
    await come(3, 'old');
    await come(1, 'new');
    expect(outcomes()).toEqual({ handled: 2, signature_mismatch: 3 });
    // A redrive does not bring them back: it verifies with what counts now.
    expect(await cli(['redrive', 'github', '--aws', '--json'])).toMatch(/"moved": ?0/);
    expect(await deadLetterQueue.depth()).toMatchObject({ visible: 3 });
  });

  it('stops counting by itself after 7 days', async () => {
    await set('new');
    offsetMs = 7 * 24 * 60 * minuteMs + 1000;
    await come(2, 'old');
    expect(outcomes()).toEqual({ signature_mismatch: 2 });
  });
});
