import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { QueuePlan } from '../../src/plan/plan.ts';
import { openEmbeddedQueues } from '../../src/queue/embedded/open.ts';

const plan: QueuePlan = {
  name: 'bench',
  retentionSeconds: 604_800,
  visibilityTimeoutSeconds: 300,
  maxMessageBytes: 1_044_480,
  receiveWaitSeconds: 0,
};

/** An embedded queue in a folder of its own. */
export async function openHookport(parent: string) {
  const folder = mkdtempSync(join(parent, 'hookport-bench-'));
  const queues = await openEmbeddedQueues({ folder, queues: [plan] });
  return {
    queues,
    queue: queues.queue('bench'),
    close: async () => {
      await queues.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
