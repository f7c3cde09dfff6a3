import { setTimeout as sleep } from 'node:timers/promises';
import { createRig, gone, judge } from '../platform/kill-rig.ts';
import { startSenders } from '../platform/senders.ts';
import type { Scenario } from '../scenario.ts';

const concurrency = 10;

export const killRecovery: Scenario = {
  name: 'kill-recovery',
  tries:
    'after a kill under load, SIGKILL of each of the next one to four starts, at a random moment of its first second',
  holds:
    'every delivery that got a 2xx is handled after the last start; no more ran again than were in hand at the kills',
  runs: 80,
  async run(run) {
    const { random, short } = run;
    const rig = createRig(run, { concurrency });
    const platform = await rig.start();
    const senders = startSenders({ gateway: platform.gateway, random, connections: 32, prefix: `${run.seed}` });
    await senders.until(random.integer(50, short ? 100 : 1000));
    await platform.kill();
    await senders.ended;
    const kills = random.integer(1, short ? 1 : 4);
    for (let kill = 0; kill < kills; kill++) {
      const start = rig.project.spawn(rig.env);
      await sleep(random.integer(50, 1000));
      start.child.kill('SIGKILL');
      await gone(start);
    }
    await rig.drain(await rig.start());
    return judge(senders.acknowledged, rig.effects(), concurrency * (1 + kills));
  },
};
