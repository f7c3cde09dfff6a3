import { setTimeout as sleep } from 'node:timers/promises';
import type { PlatformProcess } from '../../e2e/platform-process.ts';
import { createRig, deadLetters, judge } from '../platform/kill-rig.ts';
import { startSenders } from '../platform/senders.ts';
import type { Scenario } from '../scenario.ts';

const concurrency = 10;

export const killRedrive: Scenario = {
  name: 'kill-redrive',
  tries: 'deliveries rest in the dead-letter queue for a wrong secret; SIGKILL while a redrive moves them back',
  holds: 'after one more redrive every one is handled and none rests; no more ran again than were in hand',
  runs: 80,
  async run(run) {
    const { random, short } = run;
    const rig = createRig(run, { concurrency });
    const wrong = await rig.start({ GITHUB_WEBHOOK_SECRET: 'not the secret' });
    const limit = random.integer(20, short ? 40 : 400);
    const senders = startSenders({ gateway: wrong.gateway, random, connections: 16, prefix: `${run.seed}`, limit });
    await senders.ended;
    await wrong.until('github', ({ queue }) => queue.deadLettered === senders.acknowledged.length, 60_000);
    await wrong.stop();

    const killed = await rig.start();
    const redriving = redrive(killed).catch(() => undefined);
    await sleep(random.next() * (20 + limit));
    await killed.kill();
    await redriving;

    const platform = await rig.start();
    await redrive(platform);
    await rig.drain(platform);
    const resting = (await deadLetters(platform)).map(({ deliveryId }) => deliveryId);
    const { counts, problems } = judge(senders.acknowledged, rig.effects(), concurrency, resting);
    return {
      counts: { ...counts, 'left in the DLQ': resting.length },
      problems: resting.length > 0 ? [...problems, `${resting.length} still rest after the redrive`] : problems,
    };
  },
};

async function redrive({ api }: PlatformProcess): Promise<void> {
  const response = await fetch(`${api}/redrive`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ source: 'github' }),
  });
  if (!response.ok) throw new Error(`the redrive was answered ${response.status}: ${await response.text()}`);
}
