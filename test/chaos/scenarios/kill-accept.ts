import { setTimeout as sleep } from 'node:timers/promises';
import { createRig, judge } from '../platform/kill-rig.ts';
import { startSenders } from '../platform/senders.ts';
import type { Scenario } from '../scenario.ts';

const concurrency = 10;

export const killAccept: Scenario = {
  name: 'kill-accept',
  tries: 'SIGKILL of the whole process at a random moment while 32 connections post',
  holds: 'every delivery that got a 2xx is handled after the next start; no more ran again than were in hand',
  runs: 100,
  async run(run) {
    const { random, short } = run;
    const rig = createRig(run, { concurrency });
    const platform = await rig.start();
    const senders = startSenders({ gateway: platform.gateway, random, connections: 32, prefix: `${run.seed}` });
    await senders.until(random.integer(1, short ? 50 : 600));
    await sleep(random.next() * 20);
    await platform.kill();
    await senders.ended;
    await rig.drain(await rig.start());
    return judge(senders.acknowledged, rig.effects(), concurrency);
  },
};
