import { requestParameters } from '../../src/delivery/wire.ts';
import { startGateway } from '../../src/local/gateway/start.ts';
import { scavengeAlone } from '../../src/local/scavenge-alone.ts';
import type { Log } from '../../src/log.ts';
import type { Plan, QueuePlan } from '../../src/plan/plan.ts';
import { openEmbeddedQueues } from '../../src/queue/embedded/open.ts';

/**
 * The local gateway over an embedded queue, as `npm start` has them, with one source that keeps what GitHub sends and a
 * throttle out of the way. `node bench/accept/gateway-server.ts <folder>` prints its port.
 */
const [folder = '.'] = process.argv.slice(2);
const queue: QueuePlan = {
  name: 'bench-github',
  retentionSeconds: 604_800,
  visibilityTimeoutSeconds: 180,
  maxMessageBytes: 1_044_480,
  receiveWaitSeconds: 20,
};
const headers = [
  'content-type',
  'user-agent',
  'x-github-delivery',
  'x-github-event',
  'x-github-hook-id',
  'x-github-hook-installation-target-id',
  'x-github-hook-installation-target-type',
  'x-hub-signature-256',
];
const plan: Plan = {
  name: 'bench',
  sources: [
    {
      id: 'github',
      provider: 'github',
      route: {
        key: 'POST /github',
        method: 'POST',
        path: '/github',
        throttle: { rate: 1e9, burst: 1e9 },
        requestParameters: requestParameters({ headers: Object.fromEntries(headers.map((name) => [name, 'always'])) }),
      },
      queue,
      deadLetterQueue: { ...queue, name: 'bench-github-dlq' },
    },
  ],
};
scavengeAlone();
const log: Log = { debug() {}, info() {}, warn: console.error, error: console.error };
const queues = await openEmbeddedQueues({ folder, queues: [queue] });
const gateway = await startGateway({ plan, port: 0, queue: (name) => queues.queue(name), log });
console.log(gateway.port);

process.once('SIGTERM', () => {
  gateway
    .close()
    .then(() => queues.close())
    .catch((error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    });
});
