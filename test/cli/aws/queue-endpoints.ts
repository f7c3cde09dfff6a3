import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSqsEndpoint } from '../../../src/local/sqs-endpoint/start.ts';
import type { QueuePlan } from '../../../src/plan/plan.ts';
import { openEmbeddedQueues } from '../../../src/queue/embedded/open.ts';
import type { Queue } from '../../../src/queue/queue.ts';
import { createSqsQueue } from '../../../src/queue/sqs.ts';
import { createLogFake } from '../../fakes/log.ts';
import { sqsClient, startFauxqs } from '../../queue/fauxqs.ts';

/** Queues behind the protocol of SQS, for processes that are told of them by the environment. */
export interface QueueEndpoint {
  environment: Record<string, string>;
  /** By the AWS SDK, as the process has it. */
  queue(name: string): Queue;
  close(): Promise<void>;
}

export type OpenQueueEndpoint = (queues: readonly QueuePlan[]) => Promise<QueueEndpoint>;

/** Our endpoint, and one that is not ours. */
export const queueEndpoints: readonly (readonly [name: string, open: OpenQueueEndpoint])[] = [
  ['our SQS endpoint', openOurs],
  ['fauxqs', openFauxqs],
];

async function openOurs(plans: readonly QueuePlan[]): Promise<QueueEndpoint> {
  const folder = mkdtempSync(join(tmpdir(), 'hookport-queues-'));
  const queues = await openEmbeddedQueues({ folder, queues: plans });
  const endpoint = await startSqsEndpoint({ port: 0, queues, log: createLogFake() });
  const url = `http://127.0.0.1:${endpoint.port}`;
  const client = sqsClient(url);
  return {
    environment: { AWS_ENDPOINT_URL_SQS: url },
    queue: (name) => createSqsQueue({ client, name, queueUrl: `${url}/000000000000/${name}` }),
    async close() {
      client.destroy();
      await endpoint.close();
      await queues.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function openFauxqs(plans: readonly QueuePlan[]): Promise<QueueEndpoint> {
  const fauxqs = await startFauxqs();
  const { client } = fauxqs;
  const urls = new Map<string, string>();
  for (const { name, visibilityTimeoutSeconds } of plans)
    urls.set(name, await fauxqs.createQueue(name, { VisibilityTimeout: String(visibilityTimeoutSeconds) }));
  return {
    environment: { AWS_ENDPOINT_URL_SQS: new URL([...urls.values()][0] ?? '').origin },
    queue: (name) => createSqsQueue({ client, name, queueUrl: urls.get(name) ?? '' }),
    close: () => fauxqs.close(),
  };
}
