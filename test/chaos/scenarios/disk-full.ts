import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRig, judge } from '../platform/kill-rig.ts';
import { type Senders, startSenders } from '../platform/senders.ts';
import { mountSmallDisk, unableToMount } from '../platform/small-disk.ts';
import type { Scenario } from '../scenario.ts';

const concurrency = 10;
const diskMiB = 48;

export const diskFull: Scenario = {
  name: 'disk-full',
  tries:
    'the disk that holds the data folder fills up while deliveries come in and are handled, stays full for a while, and gets room again; in half of the runs the process dies while it is full',
  holds:
    'what cannot be kept is answered 503, and posts are accepted again once there is room; every delivery that got a 2xx is handled; no more ran again than the full disk and the kill had in hand',
  runs: 50,
  unable: unableToMount,
  async run(run) {
    const { random, short } = run;
    const rig = createRig(run, { concurrency, settings: 'timeout: 1s' });
    mountSmallDisk(run, rig.project.data, diskMiB);
    const platform = await rig.start();
    const ballast = join(rig.project.data, 'ballast');
    writeFileSync(ballast, Buffer.alloc(random.integer(short ? 44 : 30, 45) * 2 ** 20));

    const { gateway } = platform;
    const senders = startSenders({ gateway, random, connections: 16, prefix: `${run.seed}-filling` });
    await untilRefused(senders);
    await sleep(random.next() * (short ? 100 : 3000));
    const dies = random.next() < 0.5;
    if (dies) await platform.kill();
    await senders.stop();
    // A restart also gives back what could not be settled; without one it comes back when its visibility timeout ends.
    rmSync(ballast);
    if (short) await platform.kill();
    const after = dies || short ? await rig.start() : platform;
    const later = startSenders({
      gateway: after.gateway,
      random,
      connections: 4,
      prefix: `${run.seed}-after`,
      limit: 40,
    });
    await later.ended;
    await rig.drain(after);

    const acknowledged = [...senders.acknowledged, ...later.acknowledged];
    const refused = [...senders.refused].filter(([status]) => status !== 503);
    const { counts, problems } = judge(acknowledged, rig.effects(), 2 * concurrency);
    if (refused.length > 0) problems.push(`answered otherwise than 503 while it was full: ${JSON.stringify(refused)}`);
    if (later.acknowledged.length < 40)
      problems.push(
        `with room again, ${later.acknowledged.length} of 40 were accepted: ${JSON.stringify([...later.refused])}`,
      );
    return { counts: { ...counts, refused: senders.refused.get(503) ?? 0 }, problems };
  },
};

async function untilRefused({ refused }: Senders): Promise<void> {
  for (const end = performance.now() + 60_000; refused.size === 0; await sleep(10))
    if (performance.now() > end) throw new Error('the disk did not fill up');
}
