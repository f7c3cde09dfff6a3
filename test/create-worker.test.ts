import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createWorker, defineBatchHandler, defineHandler, type DeliveryRecord, type RunningWorker } from 'hookport';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { encodeMessage } from '../src/delivery/wire.ts';
import type { EmbeddedQueues } from '../src/queue/embedded/embedded-queue.ts';
import { startLocalEventBridge } from './consumer/forward/local-event-bridge.ts';
import { startLocalDynamoDb } from './deduplication/local-dynamodb.ts';
import { createLogFake } from './fakes/log.ts';
import { arrived } from './fakes/source.ts';
import { startWorkerProject, type WorkerProject } from './fakes/worker-project.ts';
import { ownProvidersYaml, ownRequest, ownSources, publicUrl } from './fixtures/own-providers.ts';

let project: WorkerProject;
let root: string;
let queues: EmbeddedQueues;
let worker: RunningWorker | undefined;

beforeEach(async () => {
  project = await startWorkerProject();
  ({ root, queues } = project);
});
afterEach(async () => {
  await worker?.stop();
  worker = undefined;
  await project.close();
});

const at = () => project.at();

describe('a worker in a process of its own', () => {
  test('verifies, handles and settles over SQS what the endpoint accepted', async () => {
    const records: DeliveryRecord[] = [];
    const zens: unknown[] = [];
    worker = await createWorker({
      ...at(),
      handler: defineHandler('github', (delivery) => {
        if (delivery.is('ping')) zens.push(delivery.payload.zen);
      }),
      record: (record) => void records.push(record),
    });
    await queues.queue('acme-github').send(arrived({ id: 'good', event: 'ping', body: '{"zen":"Keep it simple"}' }));
    await queues.queue('acme-github').send(arrived({ id: 'forged', event: 'ping', secret: 'guessed' }));
    await vi.waitFor(() => expect(records).toHaveLength(2), { timeout: 30_000 });
    expect(zens).toEqual(['Keep it simple']);
    expect(await queues.queue('acme-github').depth()).toMatchObject({ visible: 0, inFlight: 0 });
    expect(await queues.queue('acme-github-dlq').depth()).toMatchObject({ visible: 1 });
  });

  test('says of each attempt that did not go well what became of it, and why', async () => {
    const log = createLogFake();
    worker = await createWorker({ ...at(), log, handler: defineHandler(() => {}) });
    await queues.queue('acme-github').send(arrived({ id: 'good' }));
    await queues.queue('acme-github').send(arrived({ id: 'forged', secret: 'guessed' }));
    await vi.waitFor(() => expect(log.lines).not.toEqual([]), { timeout: 30_000 });
    await worker.stop();
    await writeFile(join(root, '.env'), '');
    worker = await createWorker({ ...at(), log, handler: defineHandler(() => {}) });
    await queues.queue('acme-github').send(arrived({ id: 'early' }));
    await vi.waitFor(() => expect(log.lines).toHaveLength(2), { timeout: 30_000 });
    expect(log.lines).toMatchObject([
      {
        level: 'warn',
        message: 'delivery',
        fields: { source: 'github', reason: 'signature_mismatch', deadLettered: true },
      },
      { level: 'warn', message: 'delivery', fields: { source: 'github', reason: 'secret_missing', attempt: 1 } },
    ]);
  });

  test('verifies a provider that the configuration declares', async () => {
    const records: DeliveryRecord[] = [];
    const yaml = `name: acme\nsources:\n  github: { provider: acme-key }\n${ownProvidersYaml}`;
    await writeFile(join(root, 'webhooks.config.yaml'), yaml);
    await writeFile(join(root, '.env'), `GITHUB_WEBHOOK_SECRET=${ownSources['acme-key']?.secret}\n`);
    const seen: unknown[] = [];
    worker = await createWorker({
      ...at(),
      handler: defineHandler('acme-key', ({ id, eventType }) => void seen.push([id, eventType])),
      record: (record) => void records.push(record),
    });
    const genuine = ownRequest('acme-key', 'evt_1');
    const { headers } = genuine;
    const send = (body: string) => queues.queue('acme-github').send(arrived({ body, headers }));
    await send(genuine.body);
    await send(genuine.body.replace('evt_1', 'evt_2'));
    await vi.waitFor(() => expect(records).toHaveLength(2), { timeout: 30_000 });
    expect(seen).toEqual([['evt_1', 'order.created']]);
    expect(await queues.queue('acme-github-dlq').depth()).toMatchObject({ visible: 1 });
  });

  test('verifies a provider that signs the URL, by the publicUrl of a source that has no handler in the configuration', async () => {
    const records: DeliveryRecord[] = [];
    const yaml = `name: acme\nsources:\n  github: { provider: acme-hmac, publicUrl: "${publicUrl}" }\n${ownProvidersYaml}`;
    await writeFile(join(root, 'webhooks.config.yaml'), yaml);
    await writeFile(join(root, '.env'), `GITHUB_WEBHOOK_SECRET='${ownSources['acme-hmac']?.secret}'\n`);
    worker = await createWorker({
      ...at(),
      handler: defineHandler('acme-hmac', () => undefined),
      record: (record) => void records.push(record),
    });
    const { body, headers } = ownRequest('acme-hmac', 'evt_1');
    await queues.queue('acme-github').send(arrived({ body, headers }));
    await vi.waitFor(() => expect(records).toHaveLength(1), { timeout: 30_000 });
    expect(records[0]).toMatchObject({ deliveryId: 'evt_1', outcome: { kind: 'handled' } });
  });

  test('verifies a token in the query, and hands the other parameters over', async () => {
    const records: DeliveryRecord[] = [];
    const yaml = `name: acme\nsources:\n  github: { provider: acme-query }\n${ownProvidersYaml}`;
    await writeFile(join(root, 'webhooks.config.yaml'), yaml);
    await writeFile(join(root, '.env'), `GITHUB_WEBHOOK_SECRET=${ownSources['acme-query']?.secret}\n`);
    const seen: unknown[] = [];
    worker = await createWorker({
      ...at(),
      handler: defineHandler('acme-query', ({ eventType, query }) => void seen.push([eventType, query])),
      record: (record) => void records.push(record),
    });
    const { body } = arrived();
    const send = (token: string) => {
      const query = { token, kind: 'order+created' };
      const request = { requestId: 'r', receivedAt: Date.now(), sourceIp: '192.0.2.1', headers: {}, query, body };
      return queues.queue('acme-github').send(encodeMessage(request));
    };
    await send(`v1.${ownSources['acme-query']?.secret}`);
    await send('v1.guessed');
    await vi.waitFor(() => expect(records).toHaveLength(2), { timeout: 30_000 });
    expect(seen).toEqual([['order created', { kind: 'order created' }]]);
    expect(records.map(({ query }) => query)).toEqual([{ kind: 'order+created' }, { kind: 'order+created' }]);
    expect(await queues.queue('acme-github-dlq').depth()).toMatchObject({ visible: 1 });
  });

  test('gives a batch handler up to ten at once, and remembers what completed where it is told to', async () => {
    await project.deduplicate();
    const records: DeliveryRecord[] = [];
    const sizes: number[] = [];
    for (let index = 0; index < 8; index++) await queues.queue('acme-github').send(arrived({ id: `${index % 4}` }));
    worker = await createWorker({
      ...at(),
      handler: defineBatchHandler((deliveries) => void sizes.push(deliveries.length)),
      deduplicationFile: 'data/deduplication.db',
      record: (record) => void records.push(record),
    });
    await vi.waitFor(() => expect(records).toHaveLength(8), { timeout: 30_000 });
    expect(sizes).toEqual([4]);
    // The second of each came in the same batch: it waits for the first.
    expect(records.map(({ outcome }) => ('reason' in outcome ? outcome.reason : outcome.kind)).toSorted()).toEqual(
      Array.from({ length: 8 }, (_, index) => (index < 4 ? 'handled' : 'in_progress')),
    );
  });

  test('keeps to the defaults of the configuration, for a source without a handler there too', async () => {
    const yaml =
      'name: acme\ndefaults: { deduplicate: true, onRejected: drop, timeout: 1s }\nsources:\n  github: { provider: github }\n';
    await writeFile(join(root, 'webhooks.config.yaml'), yaml);
    const outcomes: string[] = [];
    worker = await createWorker({
      ...at(),
      handler: defineHandler(({ id }) => (id === 'slow' ? new Promise(() => undefined) : undefined)),
      deduplicationFile: 'data/deduplication.db',
      record: ({ outcome }) => void outcomes.push('reason' in outcome ? outcome.reason : outcome.kind),
    });
    const github = queues.queue('acme-github');
    for (const arrival of [{ id: 'one' }, { id: 'one' }, { secret: 'guessed' }, { id: 'slow' }]) {
      const before = outcomes.length;
      await github.send(arrived(arrival));
      await vi.waitFor(() => expect(outcomes).toHaveLength(before + 1), { timeout: 30_000 });
    }
    expect(outcomes).toEqual(['handled', 'duplicate', 'signature_mismatch', 'handler_timeout']);
    expect(await queues.queue('acme-github-dlq').depth()).toMatchObject({ visible: 0 });
  });

  test('goes on where what it tells of attempts fails later, as an insert into a database does', async () => {
    const told: string[] = [];
    const log = createLogFake();
    worker = await createWorker({
      ...at(),
      log,
      handler: defineHandler(() => undefined),
      record: async ({ deliveryId }) => {
        told.push(String(deliveryId));
        await Promise.reject(new Error('no database'));
      },
    });
    for (const id of ['one', 'two']) await queues.queue('acme-github').send(arrived({ id, event: 'push' }));
    await vi.waitFor(() => expect(told.toSorted()).toEqual(['one', 'two']), { timeout: 30_000 });
    expect(log.lines).toContainEqual({
      level: 'error',
      message: 'an attempt could not be recorded',
      fields: { source: 'github', error: 'Error: no database' },
    });
  });

  test('takes a variable that is not set for what is not told, which the types allow', async () => {
    const unset = process.env['HOOKPORT_NO_SUCH_VARIABLE'];
    const handler = defineHandler(() => undefined);
    worker = await createWorker({ ...at(), handler, region: unset, queueUrl: unset, deduplicationTable: unset });
    expect(worker).toHaveProperty('stop');
  });

  test('stops once, however often it is told to: SIGTERM and SIGINT may come one after the other', async () => {
    await project.deduplicate();
    const ended = Promise.withResolvers<void>();
    let started = false;
    worker = await createWorker({
      ...at(),
      handler: defineHandler(() => {
        started = true;
        return ended.promise;
      }),
      deduplicationFile: 'data/deduplication.db',
    });
    await queues.queue('acme-github').send(arrived());
    await vi.waitFor(() => expect(started).toBe(true), { timeout: 30_000 });
    const stops = [worker.stop(), worker.stop()];
    ended.resolve();
    await Promise.all(stops);
    await worker.stop();
    expect(await queues.queue('acme-github').depth()).toMatchObject({ visible: 0, inFlight: 0 });
  });
});

test('a worker finds the table of completed deliveries in the region that it is given', async () => {
  await project.deduplicate();
  const table = await startLocalDynamoDb();
  const regions: unknown[] = [];
  table.server.on('request', ({ headers }) => regions.push(headers.authorization?.split('/')[2]));
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', table.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_REGION', 'us-east-1');
  try {
    const records: DeliveryRecord[] = [];
    worker = await createWorker({
      ...at(),
      region: 'eu-central-1',
      handler: defineHandler(() => undefined),
      deduplicationTable: 'table',
      record: (record) => void records.push(record),
    });
    await queues.queue('acme-github').send(arrived({ id: 'one' }));
    await vi.waitFor(() => expect(records).toMatchObject([{ outcome: { kind: 'handled' } }]), { timeout: 30_000 });
    expect(new Set(regions)).toEqual(new Set(['eu-central-1']));
  } finally {
    vi.unstubAllEnvs();
    await table.close();
  }
});

describe('a worker that forwards', () => {
  const yaml = 'name: acme\nsources:\n  github: { provider: github, forward: { eventBus: acme-bus } }\n';
  beforeEach(() => writeFile(join(root, 'webhooks.config.yaml'), yaml));

  test('puts events on the bus of the endpoint that it is given', async () => {
    const bridge = await startLocalEventBridge();
    try {
      const records: DeliveryRecord[] = [];
      worker = await createWorker({
        ...at(),
        eventBusEndpoint: bridge.endpoint,
        record: (record) => void records.push(record),
      });
      await queues.queue('acme-github').send(arrived({ id: 'one' }));
      await vi.waitFor(() => expect(records).toMatchObject([{ outcome: { kind: 'handled' } }]), { timeout: 30_000 });
      expect(bridge.state.requests.flat()).toMatchObject([{ EventBusName: 'acme-bus', Source: 'hookport.github' }]);
    } finally {
      await bridge.close();
    }
  });

  test('is kept from being ended while it forwards, not only while a handler runs', async () => {
    const bridge = await startLocalEventBridge();
    try {
      let guarded = 0;
      const records: DeliveryRecord[] = [];
      worker = await createWorker({
        ...at(),
        eventBusEndpoint: bridge.endpoint,
        protection: {
          guard: (dispatch) => async (deliveries) => {
            guarded += deliveries.length;
            return dispatch(deliveries);
          },
        },
        record: (record) => void records.push(record),
      });
      await queues.queue('acme-github').send(arrived({ id: 'one' }));
      await vi.waitFor(() => expect(records).toMatchObject([{ outcome: { kind: 'handled' } }]), { timeout: 30_000 });
      expect(guarded).toBe(1);
    } finally {
      await bridge.close();
    }
  });

  test('from a queue on this machine is refused without one: nothing may end on a real bus by accident', async () => {
    await expect(createWorker(at())).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('give createWorker an eventBusEndpoint'),
    });
  });
});
