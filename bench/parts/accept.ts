import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type AcceptContender, acceptContenders } from '../accept/contenders.ts';
import type { LoadOptions, LoadResult } from '../accept/load.ts';
import type { Figures, Goal, Measurement, MeasureOptions, Part } from '../lib/part.ts';
import { runModule } from '../lib/server.ts';

const kib = 1024;
const sizes = { '1 KB': kib, '2 KB': 2 * kib, '10 KB': 10 * kib, '256 KB': 256 * kib, '1 MB': 1_000_000 } as const;
const connectionCounts = [1, 32, 64, 256];

interface Case {
  name: string;
  bodyBytes: number;
  connections: number;
}

const nameOf = (size: string, connections: number) => `${size}, ${connections} at once`;
const allCases: readonly Case[] = Object.entries(sizes).flatMap(([size, bodyBytes]) =>
  connectionCounts
    // 64 only for the size that everything is compared by: the whole matrix takes long as it is.
    .filter((connections) => connections !== 64 || size === '2 KB')
    .map((connections) => ({ name: nameOf(size, connections), bodyBytes, connections })),
);
const mainCase = nameOf('2 KB', 32);
const peers = ['fastify', 'webhook', 'json2file'] as const;

export const accept: Part = {
  name: 'accept',
  title: 'Durable accept',
  about:
    'Requests answered 2xx per second by one source, each genuinely signed as GitHub signs; client and server share the ' +
    'machine. Hookport serves through route, throttle, mapping and queue; of bodies it holds 128 MiB at once, and refuses with 503 what ' +
    'comes on top.',
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
    ...peers.map((peer): Goal => aheadOf(peer)),
  ],
  measure,
};

/** In every case, also of peers that keep nothing. */
function aheadOf(peer: (typeof peers)[number]): Goal {
  return {
    text: `ahead of ${acceptContenders[peer]?.name} in every case`,
    check(figures) {
      const ratios = figures.cases.flatMap((each) => {
        const ratio = figures.ratio({ case: each, contender: 'hookport', other: peer, metric: 'perSecond' });
        return ratio === undefined ? [] : [{ case: each, ratio }];
      });
      const [worst] = ratios.toSorted((a, b) => a.ratio - b.ratio);
      return worst && { reached: worst.ratio > 1, figure: `${worst.ratio.toFixed(2)}× at the least (${worst.case})` };
    },
  };
}

function againstLimit(figures: Figures, metric: string, isReached: (ratio: number) => boolean) {
  const limit = (['limitSync', 'limitAsync'] as const).toSorted((a, b) => rate(figures, b) - rate(figures, a))[0];
  const ratio = limit && figures.ratio({ case: mainCase, contender: 'hookport', other: limit, metric });
  return ratio === undefined ? undefined : { reached: isReached(ratio), figure: ratio.toFixed(2) };
}

const rate = (figures: Figures, contender: string) =>
  figures.median({ case: mainCase, contender, metric: 'perSecond' }) ?? 0;

async function measure(options: MeasureOptions): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  const cases = options.quick ? allCases.filter(({ name }) => name === mainCase) : allCases;
  for (let round = 0; round < options.rounds; round += 1)
    for (const [id, contender] of Object.entries(acceptContenders)) {
      const measured = await measureOne(contender, cases, options);
      for (const { case: name, values } of measured) measurements.push({ case: name, contender: id, round, values });
      options.progress(`round ${round + 1}: ${contender.name}`);
    }
  return measurements;
}

/** A fresh server in a fresh folder for each round, so that none inherits the backlog of another. */
async function measureOne(contender: AcceptContender, cases: readonly Case[], options: MeasureOptions) {
  const folder = mkdtempSync(join(options.folder, 'hookport-bench-'));
  const server = await contender.start(folder);
  if (!server) return [];
  try {
    const warmUp = options.quick ? 0 : 3;
    await load(server.port, contender.path, { connections: 32, bodyBytes: 2 * kib, seconds: warmUp });
    const measured: { case: string; values: Record<string, number> }[] = [];
    for (const { name, ...each } of cases) {
      const seconds = options.quick ? 0.5 : 1.5;
      const { perSecond, p50, p99, errors } = await load(server.port, contender.path, { ...each, seconds });
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

async function load(port: number, path: string, what: Pick<LoadOptions, 'connections' | 'bodyBytes' | 'seconds'>) {
  const options: LoadOptions = { port, path, warmUpSeconds: Math.min(0.2, what.seconds), ...what };
  const file = join(import.meta.dirname, '..', 'accept', 'load.ts');
  const result = await runModule<LoadResult>(file, JSON.stringify(options));
  if (result.perSecond === 0 && result.errors > 0) throw new Error(`none of ${result.errors} answers was 2xx`);
  return result;
}
