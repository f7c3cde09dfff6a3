import { createLoadClient, githubRequest } from '../load/client.ts';
import { percentile } from '../load/numbers.ts';
import { pace } from '../load/pace.ts';
import { createRig, judge } from '../platform/kill-rig.ts';
import { secret } from '../platform/senders.ts';
import type { Scenario } from '../scenario.ts';

const handlerPerSecond = 50;

export const loadBurst: Scenario = {
  name: 'load-burst',
  tries: '10,000 deliveries of 1 KB in one second, on 256 connections, for a handler that does 50 a second',
  holds:
    'every answer is a 2xx; the handler is kept at 45 to 50 a second until the queue is empty; nothing is lost or handled again',
  runs: 1,
  async run(run) {
    const count = run.short ? 60 : 10_000;
    const rig = createRig(run, { handler: 'fifty-a-second.ts', concurrency: 5 });
    const platform = await rig.start();
    const client = createLoadClient(platform.gateway, Math.min(count, 256));
    run.onEnd(() => client.close());
    const ids = Array.from({ length: count }, (_, index) => `${run.seed}-${index}`);
    const requests = ids.map((id) => githubRequest({ path: '/github', id, secret, bodyBytes: 1000 }));

    const acknowledged: string[] = [];
    const refused: number[] = [];
    const latencies: number[] = [];
    const began = performance.now();
    await pace({ perSecond: 10_000, seconds: count / 10_000 }, async (index, dueAt) => {
      const { status, milliseconds } = await client.post(requests[index]!, dueAt);
      latencies.push(milliseconds);
      if (status === 200) acknowledged.push(ids[index]!);
      else refused.push(status);
    });
    const burstMs = performance.now() - began;
    await rig.drain(platform, 600_000);

    const effects = rig.effects().map((line) => line.split(' '));
    const { counts, problems } = judge(
      acknowledged,
      effects.map(([id = '']) => id),
      0,
    );
    if (refused.length > 0) problems.push(`${refused.length} were not answered with 2xx, such as ${refused[0]}`);
    const times = effects.map(([, at]) => Number(at)).toSorted((a, b) => a - b);
    const rate = ((times.length - 1) * 1000) / (times.at(-1)! - times[0]!);
    // In short there are too few to tell.
    if (!run.short && !(rate >= 0.9 * handlerPerSecond && rate <= 1.1 * handlerPerSecond))
      problems.push(`the handler was kept at ${rate.toFixed(1)} a second`);
    return {
      counts,
      problems,
      highest: {
        'ms until all were taken': Math.round(burstMs),
        'p99 ms': Math.round(percentile(latencies, 0.99)),
        'handled per second': Math.round(rate),
      },
    };
  },
};
