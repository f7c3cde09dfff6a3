import { setTimeout as sleep } from 'node:timers/promises';
import { createRig, deadLetters, judge } from '../platform/kill-rig.ts';
import { startSenders } from '../platform/senders.ts';
import type { Scenario } from '../scenario.ts';

const concurrency = 10;

export const killRejection: Scenario = {
  name: 'kill-rejection',
  tries:
    'SIGKILL at a random moment while forged deliveries are moved to the dead-letter queue, genuine ones among them',
  holds:
    'every forged delivery that got a 2xx rests exactly once, with its reason, and none was handled; every genuine one is handled',
  runs: 80,
  async run(run) {
    const { random, short, seed } = run;
    const rig = createRig(run, { concurrency });
    const platform = await rig.start();
    const common = { gateway: platform.gateway, random };
    // Half of what the list of dead letters can show.
    const limit = 500;
    const forged = startSenders({ ...common, connections: 8, prefix: `${seed}f`, signedWith: 'a guess', limit });
    const genuine = startSenders({ ...common, connections: 8, prefix: `${seed}g`, limit });
    await forged.until(random.integer(1, short ? 30 : 400));
    await sleep(random.next() * 20);
    await platform.kill();
    await Promise.all([forged.ended, genuine.ended]);

    const again = await rig.start();
    await rig.drain(again);
    const { counts, problems } = judge(genuine.acknowledged, rig.effects(), concurrency);
    const letters = await deadLetters(again);
    const resting = letters.map(({ deliveryId }) => deliveryId);
    const kept = new Set(resting);
    const lost = forged.acknowledged.filter((id) => !kept.has(id));
    const wrong = [
      ...lost.map((id) => `${id}: forged, acknowledged, and not in the dead-letter queue`),
      ...(resting.length > kept.size ? [`${resting.length - kept.size} rest twice`] : []),
      ...letters
        .filter(({ deliveryId, reason }) => reason !== 'signature_mismatch' || !deliveryId.startsWith(`${seed}f`))
        .map(({ deliveryId, reason }) => `${deliveryId} rests for ${reason}`),
      ...rig.effects().filter((id) => id.startsWith(`${seed}f`)),
    ];
    return {
      counts: {
        ...counts,
        acknowledged: genuine.acknowledged.length + forged.acknowledged.length,
        lost: (counts['lost'] ?? 0) + lost.length,
        forged: forged.acknowledged.length,
      },
      problems: [...problems, ...wrong],
    };
  },
};
