import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadOptions, LoadResult } from '../accept/load.ts';
import { fillJournal, needle } from '../inspector/fill-journal.ts';
import type { Measurement, MeasureOptions, Part } from '../lib/part.ts';
import { type PlatformProcess, startPlatform, writeConfig } from '../lib/platform.ts';
import { inTurn } from '../lib/rounds.ts';
import { runModule } from '../lib/server.ts';

const since = () => new Date(Date.now() - 3_600_000).toISOString();

/** What a person may ask of the list, by what it is called here. */
const questions: Readonly<Record<string, () => string>> = {
  'first page': () => '',
  'one source': () => 'source=paddle',
  'one outcome': () => 'outcome=rejected',
  'source and outcome': () => 'source=github&outcome=rejected',
  'rare reason': () => 'reason=stale_timestamp',
  'rare event type': () => 'eventType=rare',
  'event type and outcome that never meet': () => 'eventType=push&outcome=rejected',
  'last hour': () => `since=${since()}`,
  'frequent text': () => 'text=lorem',
  'text in the oldest alone': () => `text=${encodeURIComponent(needle)}`,
  'text that is nowhere': () => 'text=nowhere%20at%20all',
  'one id': () => 'id=delivery-4243',
};
type Values = Readonly<Record<string, number>>;

const busy = 'accepts over 8 connections, 2 KB, handled meanwhile';

export const inspector: Part = {
  name: 'inspector',
  title: 'Inspector',
  about:
    'The list of deliveries over a journal of 100,000 of 2 KB: the slowest answer to each question, over HTTP. A search for a text stops ' +
    'after a while, says how far it came and is asked to go on: each of these answers counts. Then the accept path, with no page ' +
    'open and with one that follows the events and draws its charts every second; the page shares the machine.',
  contenders: { hookport: { name: 'no page open' }, watched: { name: 'one page open' } },
  metrics: {
    ms: { label: 'slowest answer', unit: 'ms', better: 'less' },
    perSecond: { label: 'accepts per second', unit: '/s', better: 'more' },
    perCore: { label: 'accepts per second of processor time of the platform, handled too', unit: '/s', better: 'more' },
    p99: { label: 'p99 of accepts', unit: 'ms', better: 'less' },
  },
  goals: [
    {
      text: 'first page and every filter under 200 ms with 100,000 deliveries',
      check({ median }) {
        const slowest = Object.keys(questions).map((name) =>
          median({ case: name, contender: 'hookport', metric: 'ms' }),
        );
        if (slowest.includes(undefined)) return undefined;
        const most = Math.max(...slowest.map(Number));
        return { reached: most < 200, figure: `${most.toFixed(0)} ms` };
      },
    },
    {
      text: 'one open page costs the accept path less than 10 %',
      check({ ratio }) {
        const share = ratio({ case: busy, contender: 'watched', other: 'hookport', metric: 'perSecond' });
        return share === undefined
          ? undefined
          : { reached: share > 0.9, figure: `${((1 - share) * 100).toFixed(1)} %` };
      },
    },
  ],
  charts: [
    {
      name: 'answers',
      title: 'The list over 100,000 deliveries, slowest answer',
      metric: 'ms',
      cases: Object.keys(questions),
    },
    { name: 'watched', title: 'Accepts per second beside an open page', metric: 'perSecond', cases: [busy] },
  ],
  measure,
};

async function measure(options: MeasureOptions): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  const folder = mkdtempSync(join(options.folder, 'hookport-bench-'));
  try {
    const data = join(folder, 'searched');
    mkdirSync(data);
    fillJournal(join(data, 'journal.db'), options.quick ? 500 : 100_000);
    options.progress('journal filled');
    const searched = await start(folder, data);
    for (let round = 0; round < options.rounds; round += 1)
      for (const [name, query] of Object.entries(questions)) {
        const ms = await slowestAnswer(searched.inspector, query());
        measurements.push({ case: name, contender: 'hookport', round, values: { ms } });
      }
    // That it works shows on one platform too, which needs no start of its own.
    const shared = options.quick ? searched : undefined;
    if (!shared) await searched.stop();
    for (let round = 0; round < options.rounds; round += 1) {
      const measureNext = async (contender: 'hookport' | 'watched') => {
        const isWatched = contender === 'watched';
        const values = await (shared ? accepts(shared, isWatched, options) : acceptsOfOne(folder, isWatched, options));
        measurements.push({ case: busy, contender, round, values });
      };
      const contenders = inTurn(['hookport', 'watched'] as const, round);
      if (options.quick) await Promise.all(contenders.map(measureNext));
      else for (const contender of contenders) await measureNext(contender);
      options.progress(`round ${round + 1}`);
    }
    await shared?.stop();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return measurements;
}

function start(folder: string, data: string): Promise<PlatformProcess> {
  const settings = 'handler: bench/scale/handler.ts, throttle: { rate: 10000, burst: 5000 }';
  const sources = ['github', 'paddle'].map((provider) => `${provider}: { provider: ${provider}, ${settings} }`);
  return startPlatform(writeConfig(folder, sources), data);
}

async function slowestAnswer(inspector: string, query: string): Promise<number> {
  let slowest = 0;
  let next: string | undefined = `/api/deliveries?limit=100&${query}`;
  // Of a full list the first page is enough; a search goes on to its end.
  for (let page = 0; next !== undefined && (page === 0 || query.startsWith('text=')); page += 1) {
    const began = performance.now();
    const response = await fetch(`${inspector}${next}`);
    const found = (await response.json()) as unknown[];
    slowest = Math.max(slowest, performance.now() - began);
    if (!response.ok) throw new Error(`${next} was answered ${response.status}`);
    if (found.length === 100) break;
    next = /<([^>]+)>/.exec(response.headers.get('link') ?? '')?.[1];
  }
  return slowest;
}

/** By a platform that is started for it. */
async function acceptsOfOne(folder: string, watched: boolean, options: MeasureOptions): Promise<Values> {
  const data = mkdtempSync(join(folder, 'accepts-'));
  const platform = await start(folder, data);
  try {
    return await accepts(platform, watched, options);
  } finally {
    await platform.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

async function accepts(platform: PlatformProcess, watched: boolean, { quick }: MeasureOptions): Promise<Values> {
  const before = platform.cpuSeconds();
  const page = watched ? openPage(platform.inspector) : undefined;
  try {
    const load: LoadOptions = {
      port: platform.gatewayPort,
      path: '/github',
      // Fewer than would come up to the most that a throttle lets through, 10,000 a second.
      connections: 8,
      seconds: quick ? 60 : 5,
      warmUpSeconds: quick ? 0 : 2,
      bodyBytes: 2048,
      ...(quick && { enough: 64 }),
    };
    const result = await runModule<LoadResult>(join(import.meta.dirname, '../accept/load.ts'), JSON.stringify(load));
    if (result.errors > 0) throw new Error(`${result.errors} requests were not answered 200`);
    const { perSecond, p99, accepted } = result;
    return { perSecond, p99, perCore: accepted / (platform.cpuSeconds() - before) };
  } finally {
    await page?.close();
  }
}

/** Does what the page does on its busiest view. */
function openPage(inspector: string): { close(): Promise<void> } {
  const leaving = new AbortController();
  const { signal } = leaving;
  const follow = async () => {
    const response = await fetch(`${inspector}/api/events`, { signal });
    for await (const chunk of response.body ?? []) if (chunk.length === 0) return;
  };
  const following = follow().catch(() => undefined);
  const drawing = setInterval(() => {
    fetch(`${inspector}/api/activity`, { signal })
      .then((response) => response.arrayBuffer())
      .catch(() => undefined);
  }, 1000);
  return {
    async close() {
      clearInterval(drawing);
      leaving.abort();
      await following;
    },
  };
}
