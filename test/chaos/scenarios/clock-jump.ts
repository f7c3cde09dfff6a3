import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRig, judge } from '../platform/kill-rig.ts';
import { compile, unableToPreload } from '../platform/preload.ts';
import { startSenders } from '../platform/senders.ts';
import type { Scenario } from '../scenario.ts';

const day = 86_400_000;
const jumps = [-365 * day, -day, -3_600_000, 3_600_000, day, 365 * day];
const concurrency = 10;

export const clockJump: Scenario = {
  name: 'clock-jump',
  tries:
    'the time of day of the process is set an hour, a day or a year back or ahead, and again elsewhere, while deliveries wait, come in and are handled',
  holds:
    'no delivery is refused; every genuine one is handled within a minute; the forged ones are kept and do not expire; no more ran again than were in hand at the jumps',
  runs: 40,
  unable: unableToPreload,
  async run(run) {
    const { random, short, seed } = run;
    const rig = createRig(run, { handler: 'note-effects-slowly.ts', concurrency });
    const offsetFile = rig.project.file('clock-offset');
    const setClock = (milliseconds: number) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(BigInt(milliseconds));
      // In place: the process has this very file in its memory.
      writeFileSync(offsetFile, bytes, { flag: 'r+' });
    };
    writeFileSync(offsetFile, Buffer.alloc(8));
    const library = compile('clock/set-clock.c', rig.project.folder);
    const platform = await rig.start({ LD_PRELOAD: library, CLOCK_OFFSET_FILE: offsetFile });
    const common = { gateway: platform.gateway, random };
    const forged = startSenders({ ...common, connections: 1, prefix: `${seed}f`, signedWith: 'a guess', limit: 20 });
    const limit = short ? 100 : 600;
    const genuine = startSenders({ ...common, connections: 8, prefix: `${seed}g`, limit });
    await genuine.until(random.integer(10, limit / 2));
    setClock(random.pick(jumps));
    await sleep(random.integer(0, 500));
    setClock(random.pick(jumps));
    await Promise.all([genuine.ended, forged.ended]);
    const isHandled = () => new Set(rig.effects()).size >= genuine.acknowledged.length;
    for (const end = performance.now() + 60_000; !isHandled() && performance.now() < end;) await sleep(50);

    const { counts, problems } = judge(genuine.acknowledged, rig.effects(), 2 * concurrency);
    // One that was judged after the clock was set back is tried again first: the secret seems older than the delivery.
    const { queue } = await platform.source('github');
    const kept = queue.waiting + queue.inFlight + queue.deadLettered;
    const refused = [...genuine.refused, ...forged.refused].map(([status, count]) => `${count} answered ${status}`);
    const gone = forged.acknowledged.length - kept;
    return {
      counts: { ...counts, 'forged and kept': kept },
      problems: [
        ...problems,
        ...refused,
        ...(gone === 0 ? [] : [`of ${forged.acknowledged.length} forged deliveries ${kept} are kept`]),
      ],
    };
  },
};
