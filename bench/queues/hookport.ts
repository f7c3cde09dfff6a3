import { scavengeAlone } from '../../src/local/scavenge-alone.ts';
import { startSqsEndpoint } from '../../src/local/sqs-endpoint/start.ts';
import type { QueuePlan } from '../../src/plan/plan.ts';
import { openEmbeddedQueues } from '../../src/queue/embedded/open.ts';
import { message } from './message.ts';
import type { OpenedQueue } from './opened.ts';
import { rate } from './rate.ts';

const plan: QueuePlan = {
  name: 'bench',
  retentionSeconds: 604_800,
  visibilityTimeoutSeconds: 3600,
  maxMessageBytes: 1_044_480,
  receiveWaitSeconds: 0,
};

/** An embedded queue in a folder, and the SQS endpoint over it, as `npm start` has them. */
export async function openHookport(folder: string): Promise<OpenedQueue> {
  scavengeAlone();
  const queues = await openEmbeddedQueues({ folder, queues: [plan] });
  const queue = queues.queue(plan.name);
  const log = { debug() {}, info() {}, warn: console.error, error: console.error };
  const endpoint = await startSqsEndpoint({ port: 0, queues, log });
  return {
    queue,
    port: endpoint.port,
    async fill(count) {
      await rate(
        256,
        (sent) => sent >= count,
        async () => ((await queue.send(message)).ok ? 1 : 0),
      );
    },
    async close() {
      await endpoint.close();
      await queues.close();
    },
  };
}
