import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createLoadClient, githubRequest, type LoadClient } from '../load/client.ts';
import { handledSources, quietSources, startHundredSources, takeHandlingTimes } from '../load/hundred-sources.ts';
import { percentile } from '../load/numbers.ts';
import { pace } from '../load/pace.ts';
import { secret } from '../platform/senders.ts';
import type { Scenario } from '../scenario.ts';

const perSourceAndSecond = 3;
/** Three times what the source's throttle lets through. */
const floodPerSecond = 3000;
const bodyBytes = 1000;
const mayRise = 2;

export const loadFlood: Scenario = {
  name: 'load-flood',
  tries:
    '100 sources, of which 99 get 3 deliveries a second each (17 are handled, as many as one stack holds, the others only accepted) and one, in every second phase of 20 s (`--minutes-each` in all, 4 by default), 3,000 forged ones a second',
  holds:
    'every delivery of the 99 is accepted, and handled where it is to be; the p99 of their accepts and of their handling is at most twice that of the phases without the flood',
  runs: 1,
  async run(run) {
    const { short, minutes = 4 } = run;
    // In short nothing is compared, and three threads show what seventeen do.
    const handled = short ? handledSources.slice(0, 3) : handledSources;
    const platform = await startHundredSources(run, handled);
    const client = createLoadClient(platform.gateway, 32);
    run.onEnd(() => client.close());
    const phase = { prefix: String(run.seed), seconds: short ? 1 / 3 : 20, refused: new Map<number, number>() };
    const perPhase = {
      accept: quietSources.length * perSourceAndSecond * phase.seconds,
      handling: handled.length * perSourceAndSecond * phase.seconds,
    };
    if (!short) {
      // Threads, caches and compiled code are there before anything is compared, of refusals too; in short nothing is.
      const warming = await flood(platform.gateway, phase.seconds);
      await quietPhase(client, { ...phase, prefix: `${run.seed}-warm` });
      await warming.accepted;
      await takeHandlingTimes(platform, handled, perPhase.handling);
    }

    const found = {
      quiet: { accept: [] as number[], handling: [] as number[] },
      flood: { accept: [] as number[], handling: [] as number[] },
    };
    let forged = 0;
    const pairs = short ? 1 : Math.max(1, Math.round((minutes * 60) / (2 * phase.seconds)));
    for (let pair = 0; pair < pairs; pair++)
      for (const kind of ['quiet', 'flood'] as const) {
        const named = { ...phase, prefix: `${run.seed}-${pair}-${kind}` };
        const flooding = kind === 'flood' ? await flood(platform.gateway, phase.seconds) : undefined;
        found[kind].accept.push(...(await quietPhase(client, named)));
        found[kind].handling.push(...(await takeHandlingTimes(platform, handled, perPhase.handling)));
        forged += (await flooding?.accepted) ?? 0;
        await platform.until('flooded', ({ queue }) => queue.waiting + queue.inFlight === 0, 120_000);
      }

    const problems: string[] = [];
    const highest: Record<string, number> = {};
    for (const what of ['accept', 'handling'] as const) {
      const [quiet, flooded] = [percentile(found.quiet[what], 0.99), percentile(found.flood[what], 0.99)];
      highest[`${what} p99 ms`] = Math.round(quiet * 10) / 10;
      highest[`${what} p99 ms, flooded`] = Math.round(flooded * 10) / 10;
      // In short there are too few to compare.
      if (!short && flooded > mayRise * quiet)
        problems.push(`p99 of ${what} went from ${quiet.toFixed(1)} to ${flooded.toFixed(1)} ms`);
      for (const kind of ['quiet', 'flood'] as const)
        if (found[kind][what].length !== pairs * perPhase[what])
          problems.push(`${what}: ${found[kind][what].length} of ${pairs * perPhase[what]}, ${kind}`);
    }
    if (phase.refused.size > 0) problems.push(`not answered with 2xx: ${JSON.stringify([...phase.refused])}`);
    return { counts: { acknowledged: 2 * pairs * perPhase.accept, 'forged and accepted': forged }, problems, highest };
  },
};

interface Phase {
  prefix: string;
  seconds: number;
  /** Answers to those that are not forged, by status. */
  refused: Map<number, number>;
}

/** @returns milliseconds of each accept */
async function quietPhase(client: LoadClient, { prefix, seconds, refused }: Phase): Promise<number[]> {
  const times: number[] = [];
  await pace({ perSecond: quietSources.length * perSourceAndSecond, seconds }, async (index, dueAt) => {
    const source = quietSources[index % quietSources.length];
    const request = githubRequest({ path: `/${source}`, id: `${prefix}-${index}`, secret, bodyBytes });
    const { status, milliseconds } = await client.post(request, dueAt);
    if (status === 200) times.push(milliseconds);
    else refused.set(status, (refused.get(status) ?? 0) + 1);
  });
  return times;
}

interface Flood {
  /** How many were accepted; the throttle refuses the others. Resolves at its end. */
  accepted: Promise<number>;
}

/** Resolves when it floods: the start of a process takes half a processor, which no flood does that comes from elsewhere. */
async function flood(gateway: string, seconds: number): Promise<Flood> {
  const script = join(import.meta.dirname, '../load/flooder.ts');
  const args = [gateway, '/flooded', floodPerSecond, seconds, bodyBytes].map(String);
  const flooder = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: flooder.stdout })[Symbol.asyncIterator]();
  if ((await lines.next()).value !== 'floods') throw new Error('the flooder did not start');
  return { accepted: lines.next().then(({ value }) => Number(value)) };
}
