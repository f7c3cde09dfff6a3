import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach } from 'vitest';
import type { Log } from '../../../src/log.ts';
import { startSqsEndpoint } from '../../../src/local/sqs-endpoint/start.ts';
import type { QueuePlan } from '../../../src/plan/plan.ts';
import type { EmbeddedQueues } from '../../../src/queue/embedded/embedded-queue.ts';
import { openEmbeddedQueues } from '../../../src/queue/embedded/open.ts';
import { sqsClient } from '../../queue/fauxqs.ts';

export function queuePlan(name: string, changes: Partial<QueuePlan> = {}): QueuePlan {
  return {
    name,
    retentionSeconds: 604_800,
    visibilityTimeoutSeconds: 30,
    maxMessageBytes: 1_044_480,
    receiveWaitSeconds: 0,
    ...changes,
  };
}

/** A source's queue and its dead-letter queue. */
export const zendesk = [
  queuePlan('acme-zendesk', { redrive: { deadLetterQueue: 'acme-zendesk-dlq', maxReceiveCount: 2 } }),
  queuePlan('acme-zendesk-dlq', { retentionSeconds: 1_209_600, maxMessageBytes: 1_048_576 }),
];

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** The endpoint over embedded queues in a folder of its own; closed and removed after the test. */
export async function endpoint(queues: QueuePlan[] = zendesk) {
  const folder = await mkdtemp(join(tmpdir(), 'hookport-sqs-endpoint-'));
  const embedded: EmbeddedQueues = await openEmbeddedQueues({ folder, queues });
  const started = await startSqsEndpoint({ port: 0, queues: embedded, log: silent });
  const url = `http://127.0.0.1:${started.port}`;
  const client: SQSClient = sqsClient(url);
  cleanups.push(async () => {
    client.destroy();
    await started.close();
    await embedded.close();
    await rm(folder, { recursive: true });
  });
  return {
    client,
    url,
    port: started.port,
    queues: embedded,
    queueUrl: (name = 'acme-zendesk') => `${url}/000000000000/${name}`,
    close: () => started.close(),
  };
}

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
});
