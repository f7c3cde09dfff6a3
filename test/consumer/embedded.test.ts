import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { github } from '../../providers/github.ts';
import { redrive } from '../../src/consumer/redrive.ts';
import { type RunningWorker, startWorker } from '../../src/consumer/worker.ts';
import type { DeliveryRecord } from '../../src/delivery/record.ts';
import type { EmbeddedQueues } from '../../src/queue/embedded/embedded-queue.ts';
import { openEmbeddedQueues } from '../../src/queue/embedded/open.ts';
import { createLogFake } from '../fakes/log.ts';
import { arrived, createFakeSecrets, sourcePlan } from '../fakes/source.ts';

/** The same rules on the queue that one machine has: nothing here stands for anything. */
let folder: string;
let queues: EmbeddedQueues;
let worker: RunningWorker | undefined;
const source = sourcePlan();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookport-embedded-'));
  queues = await openEmbeddedQueues({ folder, queues: [source.queue, source.deadLetterQueue] });
});
afterEach(async () => {
  await worker?.stop();
  await queues.close();
  await rm(folder, { recursive: true });
});

test('what a wrong secret rejected is handled after the fix and a redrive, and nothing else is', async () => {
  const queue = queues.queue('acme-github');
  const deadLetterQueue = queues.queue('acme-github-dlq');
  const secrets = createFakeSecrets('typed wrongly');
  const records: DeliveryRecord[] = [];
  const log = createLogFake();
  const common = { source, provider: github, queue, deadLetterQueue, secrets, clock: Date.now, log };
  worker = startWorker({
    ...common,
    dispatch: async (deliveries) => deliveries.map(() => ({ kind: 'handled' })),
    record: (record) => void records.push(record),
  });
  for (const id of ['1', '2', '3']) await queue.send(arrived({ id }));
  await queue.send(arrived({ id: 'forged', secret: 'guessed' }));
  await vi.waitFor(() => expect(records).toHaveLength(4));
  expect(records.map(({ outcome, deadLettered }) => [outcome.kind, deadLettered])).toEqual(
    Array.from({ length: 4 }, () => ['rejected', true]),
  );
  expect(await deadLetterQueue.depth()).toMatchObject({ visible: 4 });

  secrets.secrets = [{ version: 'current', value: 'right' }];
  secrets.readAt = Date.now();
  // The queue's clock and ours agree to the millisecond; what was moved just now must not count as newer.
  await new Promise((resolve) => setTimeout(resolve, 5));
  const report = await redrive(common);
  expect(report).toEqual({ moved: 3, skipped: { signature_mismatch: 1 }, notSelected: 0, newer: 0, failed: 0 });
  await vi.waitFor(() => expect(records).toHaveLength(7));
  expect(records.slice(4).map(({ outcome, deliveryId, attempt }) => [outcome.kind, deliveryId, attempt])).toEqual([
    ['handled', '1', 1],
    ['handled', '2', 1],
    ['handled', '3', 1],
  ]);
  expect(await queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  expect(await deadLetterQueue.depth()).toEqual({ visible: 1, inFlight: 0, delayed: 0 });
});

test('a redriven message carries its arrival, and no longer the reason', async () => {
  const queue = queues.queue('acme-github');
  const deadLetterQueue = queues.queue('acme-github-dlq');
  const { body, attributes } = arrived({ id: '1' });
  await deadLetterQueue.send({
    body,
    attributes: { ...attributes, HookportOutcome: { dataType: 'String', stringValue: '{}' } },
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  const secrets = createFakeSecrets('right');
  await redrive({ source, provider: github, queue, deadLetterQueue, secrets, clock: Date.now, log: createLogFake() });
  const [message] = await queue.receive({ maxMessages: 10, waitSeconds: 0 });
  expect(message?.attributes).toEqual(attributes);
});
