import { setTimeout as sleep } from 'node:timers/promises';
import { createRig, judge, visibilitySeconds } from '../platform/kill-rig.ts';
import { startSenders } from '../platform/senders.ts';
import type { Scenario } from '../scenario.ts';

const concurrency = 10;

export const stopProcess: Scenario = {
  name: 'stop-process',
  tries:
    'SIGSTOP of the whole process for longer than the visibility timeout while it accepts and handles, then SIGCONT',
  holds: 'every delivery that got a 2xx is handled, none more often than twice, and no more of them than were in hand',
  runs: 5,
  async run(run) {
    const { random, short } = run;
    const rig = createRig(run, { handler: 'note-effects-slowly.ts', concurrency, settings: 'timeout: 1s' });
    const platform = await rig.start();
    const limit = short ? 100 : 600;
    const senders = startSenders({ gateway: platform.gateway, random, connections: 8, prefix: `${run.seed}`, limit });
    await senders.until(random.integer(10, limit / 2));
    const stoppedMs = short ? 300 : ((await visibilitySeconds(platform)) + 3) * 1000;
    platform.child.kill('SIGSTOP');
    await sleep(stoppedMs);
    platform.child.kill('SIGCONT');
    await senders.ended;
    await rig.drain(platform);
    const effects = rig.effects();
    const { counts, problems } = judge(senders.acknowledged, effects, concurrency);
    const times = Map.groupBy(effects, (id) => id);
    const often = [...times].filter(([, each]) => each.length > 2).map(([id]) => `${id} was handled more than twice`);
    return { counts, problems: [...problems, ...often] };
  },
};
