import { createLoadClient, githubRequest, type LoadClient } from '../load/client.ts';
import { mean, percentile } from '../load/numbers.ts';
import { pace } from '../load/pace.ts';
import { createRig, judge, type Rig } from '../platform/kill-rig.ts';
import { residentMiB, unableToMeasure } from '../platform/resident.ts';
import { secret } from '../platform/senders.ts';
import type { Scenario } from '../scenario.ts';

const bodyBytes = 1000;
const connections = 64;
/** Garbage is collected when it is convenient: less than that is no growth. */
const mayGrow = 1.15;

export const loadSteady: Scenario = {
  name: 'load-steady',
  tries:
    'ten minutes (`--minutes-each`) at 70 % of the rate that was taken in the minute before as fast as it goes, with a handler that takes 20 ms, 100 at a time',
  holds:
    'every answer is a 2xx (in the minute before, a 429 of the throttle is one that came too fast, and is counted); the memory of the last third is that of the first; then the queue drains, and nothing was lost or handled again',
  runs: 1,
  unable: unableToMeasure,
  async run(run) {
    const { short, minutes = 10 } = run;
    const rig = createRig(run, { handler: 'note-effects-slowly.ts', concurrency: 100 });
    const platform = await rig.start();
    const client = createLoadClient(platform.gateway, connections);
    run.onEnd(() => client.close());
    const load = { client, prefix: String(run.seed), acknowledged: [] as string[], refused: new Map<number, number>() };

    // A minute, so that it is what the platform keeps up beside its handler, and not what it can put off.
    const peak = await asFastAsItGoes(load, short ? 0.3 : 60);
    // The throttle, which can be no higher than API Gateway's, may be what it reaches.
    const throttled = load.refused.get(429) ?? 0;
    load.refused.delete(429);
    const resident: number[] = [];
    const sampling = setInterval(() => resident.push(residentMiB(platform)), short ? 20 : 1000);
    const latencies: number[] = [];
    const steady = { perSecond: 0.7 * peak, seconds: short ? 0.6 : minutes * 60 };
    await pace(steady, async (_index, dueAt) => void latencies.push(await post(load, dueAt)));
    clearInterval(sampling);
    const drainSeconds = await drained(rig, platform);

    const { counts, problems } = judge(load.acknowledged, rig.effects(), 0);
    if (load.refused.size > 0) problems.push(`not answered with 2xx: ${JSON.stringify([...load.refused])}`);
    const third = Math.floor(resident.length / 3);
    const [first, last] = [mean(resident.slice(0, third)), mean(resident.slice(-third))];
    // In short it has just started, and still grows into its caches.
    if (!short && last > first * mayGrow) problems.push(`memory grew from ${first} to ${last} MiB`);
    return {
      counts,
      problems,
      highest: {
        'throttled in the minute before': throttled,
        'per second': Math.round(steady.perSecond),
        'p99 ms': Math.round(percentile(latencies, 0.99)),
        'MiB in the first third': Math.round(first),
        'in the last': Math.round(last),
        'seconds to drain': drainSeconds,
      },
    };
  },
};

interface Load {
  client: LoadClient;
  prefix: string;
  acknowledged: string[];
  refused: Map<number, number>;
}

/** @returns milliseconds that the answer took */
async function post({ client, prefix, acknowledged, refused }: Load, dueAt: number): Promise<number> {
  const id = `${prefix}-${sent++}`;
  const { status, milliseconds } = await client.post(githubRequest({ path: '/github', id, secret, bodyBytes }), dueAt);
  if (status === 200) acknowledged.push(id);
  else refused.set(status, (refused.get(status) ?? 0) + 1);
  return milliseconds;
}

let sent = 0;

/** @returns how many a second were taken */
async function asFastAsItGoes(load: Load, seconds: number): Promise<number> {
  const began = performance.now();
  const until = began + seconds * 1000;
  const loop = async () => {
    while (performance.now() < until) await post(load, performance.now());
  };
  await Promise.all(Array.from({ length: connections }, loop));
  return load.acknowledged.length / ((performance.now() - began) / 1000);
}

async function drained(rig: Rig, platform: Parameters<Rig['drain']>[0]): Promise<number> {
  const began = performance.now();
  await rig.drain(platform, 3_600_000);
  return Math.round((performance.now() - began) / 1000);
}
