import { createRig, gone, judge } from '../platform/kill-rig.ts';
import { startSenders } from '../platform/senders.ts';
import type { Scenario } from '../scenario.ts';

const concurrency = 2;
const batchSize = 10;

export const killBatch: Scenario = {
  name: 'kill-batch',
  tries: 'the process dies inside a batch handler, between two deliveries of a batch of ten, while deliveries come in',
  holds: 'every delivery that got a 2xx is handled after the next start; no more ran again than two batches hold',
  runs: 80,
  async run(run) {
    const { random, short } = run;
    const settings = `batch: { size: ${batchSize} }`;
    const rig = createRig(run, { handler: 'kill-itself-in-batch.ts', concurrency, settings });
    const platform = await rig.start({ KILL_AT: String(random.integer(1, short ? 20 : 300)) });
    const senders = startSenders({ gateway: platform.gateway, random, connections: 16, prefix: `${run.seed}` });
    await gone(platform);
    await senders.ended;
    await rig.drain(await rig.start());
    return judge(senders.acknowledged, rig.effects(), concurrency * batchSize);
  },
};
