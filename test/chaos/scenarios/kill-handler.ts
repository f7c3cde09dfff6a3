import { createRig, gone, judge } from '../platform/kill-rig.ts';
import { startSenders } from '../platform/senders.ts';
import type { Scenario } from '../scenario.ts';

const concurrency = 10;

export const killHandler: Scenario = {
  name: 'kill-handler',
  tries: 'the process dies inside a handler, before or after its effect, while deliveries come in',
  holds: 'every delivery that got a 2xx is handled after the next start; no more ran again than were in hand',
  runs: 100,
  async run(run) {
    const { random, short } = run;
    const rig = createRig(run, { handler: 'kill-itself.ts', concurrency });
    const platform = await rig.start({
      KILL_AT: String(random.integer(1, short ? 20 : 300)),
      KILL_BEFORE_EFFECT: random.pick(['yes', 'no']),
    });
    const senders = startSenders({ gateway: platform.gateway, random, connections: 16, prefix: `${run.seed}` });
    await gone(platform);
    await senders.ended;
    await rig.drain(await rig.start());
    return judge(senders.acknowledged, rig.effects(), concurrency);
  },
};
