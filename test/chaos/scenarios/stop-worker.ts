import { setTimeout as sleep } from 'node:timers/promises';
import { createRig, judge, visibilitySeconds } from '../platform/kill-rig.ts';
import { startSenders } from '../platform/senders.ts';
import { startWorkerProcess } from '../platform/worker-process.ts';
import type { Scenario } from '../scenario.ts';

/** What `createWorker` takes where neither it nor the source says another. */
const concurrency = 10;

export const stopWorker: Scenario = {
  name: 'stop-worker',
  tries:
    'a worker process (createWorker) consumes over the SQS endpoint; at a random moment it is killed, or stopped for longer than the visibility timeout and then continued, and another takes over',
  holds:
    'every delivery that got a 2xx is handled; none more often than twice; no more ran again than the first worker had in hand',
  runs: 10,
  async run(run) {
    const { random, short } = run;
    const rig = createRig(run, { handler: null });
    const platform = await rig.start();
    const first = await startWorkerProcess(run, rig, platform);
    const limit = short ? 60 : 600;
    const senders = startSenders({ gateway: platform.gateway, random, connections: 8, prefix: `${run.seed}`, limit });
    await senders.until(random.integer(10, limit / 2));
    await sleep(random.next() * 50);
    // In short, what a killed worker held would not come back in time.
    const stopped = short || random.next() < 0.75;
    first.kill(stopped ? 'SIGSTOP' : 'SIGKILL');
    const second = await startWorkerProcess(run, rig, platform);
    await senders.ended;
    await sleep(short ? 100 : ((await visibilitySeconds(platform)) + 3) * 1000);
    if (stopped) first.kill('SIGCONT');
    await rig.drain(platform);
    second.kill('SIGKILL');

    const effects = rig.effects();
    const { counts, problems } = judge(senders.acknowledged, effects, concurrency);
    const times = Map.groupBy(effects, (id) => id);
    const often = [...times].filter(([, each]) => each.length > 2).map(([id]) => `${id} was handled more than twice`);
    return { counts, problems: [...problems, ...often] };
  },
};
