import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CreateWorkerOptions } from 'hookport';
import { startSqsEndpoint } from '../../src/local/sqs-endpoint/start.ts';
import type { EmbeddedQueues } from '../../src/queue/embedded/embedded-queue.ts';
import { openEmbeddedQueues } from '../../src/queue/embedded/open.ts';
import { createLogFake } from './log.ts';
import { sourcePlan } from './source.ts';

/** A project with one source of GitHub's, and its queues behind an SQS endpoint: what a worker of one's own finds. */
export interface WorkerProject {
  root: string;
  queues: EmbeddedQueues;
  /** What `createWorker` takes to find all of it. */
  at(): CreateWorkerOptions & { endpoint: string };
  /** Makes the source one that deduplicates. */
  deduplicate(): Promise<void>;
  /** Takes back whatever was done to its configuration. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function startWorkerProject(): Promise<WorkerProject> {
  const root = await mkdtemp(join(tmpdir(), 'hookport-worker-'));
  await mkdir(join(root, 'data'));
  await writeFile(join(root, '.env'), 'GITHUB_WEBHOOK_SECRET=right\n');
  const config = join(root, 'webhooks.config.yaml');
  const reset = () => writeFile(config, 'name: acme\nsources:\n  github:\n    provider: github\n');
  await reset();
  const { queue, deadLetterQueue } = sourcePlan();
  const queues = await openEmbeddedQueues({ folder: join(root, 'data'), queues: [queue, deadLetterQueue] });
  const endpoint = await startSqsEndpoint({ port: 0, queues, log: createLogFake() });
  return {
    root,
    queues,
    at: () => ({ source: 'github', root, endpoint: `http://127.0.0.1:${endpoint.port}`, log: createLogFake() }),
    async deduplicate() {
      const source = '    provider: github\n    handler: handler.ts\n    deduplicate: true\n';
      await writeFile(config, `name: acme\nsources:\n  github:\n${source}`);
      await writeFile(join(root, 'handler.ts'), '');
    },
    reset,
    async close() {
      await endpoint.close();
      await queues.close();
      await rm(root, { recursive: true });
    },
  };
}
