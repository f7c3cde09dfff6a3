import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type AcceptContender, acceptContenders } from '../accept/contenders.ts';
import type { LoadOptions, LoadResult } from '../accept/load.ts';
import { aheadEverywhere } from '../lib/goals.ts';
import type { Figures, Goal, Measurement, MeasureOptions, Part } from '../lib/part.ts';
import { inTurn } from '../lib/rounds.ts';
import { runModule } from '../lib/server.ts';

const kib = 1024;
// Of SQS's 1 MiB, body and headers together, 4 KiB are kept for the reason that a dead letter carries.
const largest = '1 MiB less 8 KiB';
const sizes = {
  '1 KB': kib,
  '2 KB': 2 * kib,
  '10 KB': 10 * kib,
  '256 KB': 256 * kib,
  [largest]: 1016 * kib,
} as const;
const connectionCounts = [1, 32, 256];

interface Case {
  name: string;
  bodyBytes: number;
  connections: number;
}

const nameOf = (size: string, connections: number) => `${size}, ${connections} at once`;
export const mainCase = nameOf('2 KB', 32);
const cases: readonly Case[] = Object.entries(sizes)
  .flatMap(([size, bodyBytes]) =>
    connectionCounts.map((connections) => ({ name: nameOf(size, connections), bodyBytes, connections })),
  )
  .filter(({ name }) => name === mainCase || !name.startsWith('2 KB'));
const peers = ['fastify', 'webhook', 'json2file'] as const;

export const accept: Part = {
  name: 'accept',
  title: 'Durable accept',
  about:
    'Requests answered 2xx per second by one source, each genuinely signed as GitHub signs; client and server share the ' +
    'machine. Hookport serves through route, throttle, mapping and queue; of bodies it holds 128 MiB at once, and refuses with 503 what ' +
    'comes on top. The largest body is what fits, with its headers, into a message of SQS.',
  contenders: acceptContenders,
  metrics: {
    perSecond: { label: 'accepts per second', unit: '/s', better: 'more' },
    p50: { label: 'p50', unit: 'ms', better: 'less' },
    p99: { label: 'p99', unit: 'ms', better: 'less' },
    refused: { label: 'refused', unit: '/s', better: 'less' },
  },
  goals: [
    {
      text: `at least 0.8 of the faster limit (${mainCase})`,
      check: (figures) => againstLimit(figures, 'perSecond', (ratio) => ratio >= 0.8),
    },
    {
      text: `p99 within twice the limit’s (${mainCase})`,
      check: (figures) => againstLimit(figures, 'p99', (ratio) => ratio <= 2),
    },
    ...peers.map((other): Goal =>
      aheadEverywhere(`ahead of ${acceptContenders[other]?.name} in every case`, { other, metric: 'perSecond' }),
    ),
  ],
  charts: [
    { name: 'main', title: `Durable accepts per second: ${mainCase}`, metric: 'perSecond', cases: [mainCase] },
    { name: 'p99', title: `p99 of durable accepts: ${mainCase}`, metric: 'p99', cases: [mainCase] },
    ...connectionCounts.map((connections) => ({
      name: `at-${connections}`,
      title: `Durable accepts per second, ${connections} at once`,
      metric: 'perSecond',
      cases: cases.filter((each) => each.connections === connections && each.name !== mainCase).map(({ name }) => name),
      without: ['nginx'],
    })),
  ],
  measure,
};

/** That one of the two ways to sync counts that is the faster here. */
export function fasterLimit(figures: Figures): string {
  const rate = (contender: string) => figures.median({ case: mainCase, contender, metric: 'perSecond' }) ?? 0;
  return rate('limitSync') > rate('limitAsync') ? 'limitSync' : 'limitAsync';
}

function againstLimit(figures: Figures, metric: string, isReached: (ratio: number) => boolean) {
  const ratio = figures.ratio({ case: mainCase, contender: 'hookport', other: fasterLimit(figures), metric });
  return ratio === undefined ? undefined : { reached: isReached(ratio), figure: ratio.toFixed(2) };
}

async function measure(options: MeasureOptions): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  const contenders = Object.entries(acceptContenders);
  for (let round = 0; round < options.rounds; round += 1) {
    const measureNext = async ([contender, each]: (typeof contenders)[number]) => {
      for (const { case: name, values } of await measureOne(each, options))
        measurements.push({ case: name, contender, round, values });
      options.progress(`round ${round + 1}: ${each.name}`);
    };
    // That it works shows also when all run at once.
    if (options.quick) await Promise.all(contenders.map(measureNext));
    else for (const each of inTurn(contenders, round)) await measureNext(each);
  }
  return measurements;
}

/** A fresh server in a fresh folder for each round, so that none inherits the backlog of another. */
async function measureOne(contender: AcceptContender, { folder: parent, quick }: MeasureOptions) {
  const folder = mkdtempSync(join(parent, 'hookport-bench-'));
  const server = await contender.start(folder);
  if (!server) return [];
  const { port } = server;
  try {
    if (!quick) await load({ port, path: contender.path, connections: 32, bodyBytes: 2 * kib, seconds: 2 });
    const measured: { case: string; values: Record<string, number> }[] = [];
    for (const { name, ...each } of quick ? cases.filter(({ name }) => name === mainCase) : cases) {
      const seconds = quick ? 60 : secondsFor(name, each);
      const what = { port, path: contender.path, ...each, seconds, ...(quick && { enough: 64 }) };
      const { perSecond, p50, p99, errors } = await load(what);
      // Who answered nothing in that time has no latency.
      const latency = perSecond === 0 ? {} : { p50, p99 };
      const refused = errors === 0 ? {} : { refused: errors / seconds };
      measured.push({ case: name, values: { perSecond, ...latency, ...refused } });
    }
    return measured;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Longer for what everything is compared by, where the disk alone sets the pace, and where all that is under way takes a second by itself. */
function secondsFor(name: string, { bodyBytes, connections }: Omit<Case, 'name'>): number {
  return name === mainCase || connections === 1 || bodyBytes * connections >= 64 * kib * kib ? 3 : 1;
}

async function load(what: Omit<LoadOptions, 'warmUpSeconds'>): Promise<LoadResult> {
  const options: LoadOptions = { warmUpSeconds: what.enough === undefined ? 0.2 : 0, ...what };
  const file = join(import.meta.dirname, '../accept/load.ts');
  const result = await runModule<LoadResult>(file, JSON.stringify(options));
  if (result.perSecond === 0 && result.errors > 0) throw new Error(`none of ${result.errors} answers was 2xx`);
  return result;
}
