import { aheadEverywhere } from '../lib/goals.ts';
import type { Figures, Goal, Measurement, MeasureOptions, Part } from '../lib/part.ts';
import { inTurn } from '../lib/rounds.ts';
import type { QueueContender } from '../queues/opened.ts';
import { type QueueProcess, startQueue } from '../queues/process.ts';
import type { Bounds, Rate } from '../queues/rate.ts';
import { measureSdk } from '../queues/sdk.ts';

const backlogs = [0, 100_000, 1_000_000];
const sdkConnections = [1, 16, 64];
const steps = ['send', 'receive + delete'] as const;
type Step = (typeof steps)[number];

const waiting = (backlog: number) => `${backlog.toLocaleString('en-US')} waiting`;
const inProcess = (step: Step, backlog: number) => `${step} in process, ${waiting(backlog)}`;
const overSdk = (step: Step, connections: number, backlog: number) =>
  `${step} by the SDK, ${connections} at once, ${waiting(backlog)}`;
const memoryAt = (backlog: number) => `memory, ${waiting(backlog)}`;

const contenders: Part['contenders'] & Readonly<Record<QueueContender, unknown>> = {
  hookport: { name: 'Hookport', promise: 'on disk, synced; the backlog stays there' },
  memory: { name: 'fauxqs', promise: 'in memory' },
  persisted: { name: 'fauxqs with persistence', promise: 'on disk, synced one by one; the backlog is in memory too' },
};

export const queue: Part = {
  name: 'queue',
  title: 'Queue',
  about:
    'Messages of 2 KB with an attribute, sent, then received in tens and deleted, at several backlogs: in the process that holds the ' +
    'queue (64 sends at once, 4 receives), and over HTTP through the AWS SDK, whose own cost is most of it. The backlog is filled in once, ' +
    'the rounds follow. Memory is what the process holds then.',
  contenders,
  metrics: {
    perSecond: { label: 'messages per second', unit: '/s', better: 'more' },
    p99: { label: 'p99 of a call', unit: 'ms', better: 'less' },
    mib: { label: 'memory', unit: 'MiB', better: 'less' },
  },
  goals: [
    aheadEverywhere('ahead of fauxqs everywhere', { other: 'memory', metric: 'perSecond' }),
    aheadEverywhere('ahead of fauxqs with persistence everywhere', { other: 'persisted', metric: 'perSecond' }),
    ...steps.map((step) =>
      flat(`${step}: a million waiting costs at most 1.5× of none`, 'perSecond', (backlog) => inProcess(step, backlog)),
    ),
    flat('memory with a million waiting at most 1.5× of that with none', 'mib', memoryAt),
  ],
  charts: [
    ...steps.map((step) => ({
      name: step === 'send' ? 'send' : 'receive',
      title: `Messages per second in process: ${step}`,
      metric: 'perSecond',
      cases: backlogs.map((backlog) => inProcess(step, backlog)),
      sameScale: true,
    })),
    ...steps.map((step) => ({
      name: step === 'send' ? 'sdk-send' : 'sdk-receive',
      title: `Messages per second by the SDK, 16 at once: ${step}`,
      metric: 'perSecond',
      cases: backlogs.map((backlog) => overSdk(step, 16, backlog)),
      sameScale: true,
    })),
    { name: 'memory', title: 'Memory of the process', metric: 'mib', cases: backlogs.map(memoryAt), sameScale: true },
  ],
  measure,
};

/** What Hookport does with an empty queue, and with a million waiting. */
function flat(text: string, metric: 'perSecond' | 'mib', caseAt: (backlog: number) => string): Goal {
  return {
    text,
    check({ median }: Figures) {
      const [empty, full] = [0, 1_000_000].map((backlog) =>
        median({ case: caseAt(backlog), contender: 'hookport', metric }),
      );
      if (empty === undefined || full === undefined) return undefined;
      const times = metric === 'mib' ? full / empty : empty / full;
      return { reached: times <= 1.5, figure: `${times.toFixed(2)}×` };
    },
  };
}

async function measure(options: MeasureOptions): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  const open: [QueueContender, QueueProcess][] = [];
  try {
    for (const contender of Object.keys(contenders) as QueueContender[])
      open.push([contender, await startQueue(contender, options.folder)]);
    // Compiled, and grown to what work takes.
    if (!options.quick) for (const [, each] of open) await measureOnce(each, 0, options);
    let held = 0;
    for (const backlog of options.quick ? [0] : backlogs) {
      for (const [contender, each] of open) {
        await each.ask({ fill: backlog - held });
        options.progress(`${contender}: ${waiting(backlog)}`);
      }
      held = backlog;
      for (let round = 0; round < options.rounds; round += 1) {
        for (const [contender, each] of inTurn(open, round)) {
          for (const [name, rate] of await measureOnce(each, backlog, options))
            measurements.push({ case: name, contender, round, values: { ...rate } });
          // After the same work whatever waits: a process that has done less holds less.
          const { mib = NaN } = await each.ask({ memory: true });
          measurements.push({ case: memoryAt(backlog), contender, round, values: { mib } });
        }
        options.progress(`${waiting(backlog)}, round ${round + 1}`);
      }
    }
  } finally {
    await Promise.all(open.map(([, each]) => each.close()));
  }
  return measurements;
}

async function measureOnce(each: QueueProcess, backlog: number, { quick }: MeasureOptions): Promise<[string, Rate][]> {
  const rates: [string, Rate][] = [];
  const bounds = (loops: number): Bounds => ({ loops, seconds: quick ? 0.1 : 0.7, most: 20_000 });
  const note = (measured: Record<'send' | 'drain', Rate> | undefined, nameOf: (step: Step) => string) => {
    if (!measured) throw new Error('the queue measured nothing');
    rates.push([nameOf('send'), measured.send], [nameOf('receive + delete'), measured.drain]);
  };
  note((await each.ask({ measure: bounds(64) })).rates, (step) => inProcess(step, backlog));
  if (backlog === 0) await each.ask({ empty: true });
  for (const connections of quick ? [16] : sdkConnections) {
    note(await measureSdk(each.port, bounds(connections)), (step) => overSdk(step, connections, backlog));
    if (backlog === 0) await each.ask({ empty: true });
  }
  return rates;
}
