import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PacedLoad, PacedResult } from '../handling/load.ts';
import type { Measurement, MeasureOptions, Part } from '../lib/part.ts';
import { githubSecret, type PlatformProcess, startPlatform, writeConfig } from '../lib/platform.ts';
import { runModule } from '../lib/server.ts';

const shares = [0.1, 0.5, 0.9];
const caseOf = (share: number) => `at ${share * 100} % of the sustained rate`;
export const halfRate = caseOf(0.5);
export const sustained = 'sustained: sent without a pause, then drained';

export const handling: Part = {
  name: 'handling',
  title: 'Accept to handler',
  about:
    'The whole platform, as `npm start` runs it: from the moment at which a 2 KB push was due to be sent until the handler ' +
    'has it in hand, verified. The rate is first measured without a pause, backlog drained included; then pushes come evenly at ' +
    'parts of it. The client signs each and shares the machine. Each round has a platform of its own, warmed up.',
  contenders: { hookport: { name: 'Hookport', promise: 'verified, and in the handler’s hands' } },
  metrics: {
    perSecond: { label: 'deliveries per second', unit: '/s', better: 'more' },
    perCore: { label: 'per second of processor time of the platform', unit: '/s', better: 'more' },
    p50: { label: 'p50', unit: 'ms', better: 'less' },
    p99: { label: 'p99', unit: 'ms', better: 'less' },
  },
  goals: [
    {
      text: 'p99 under 20 ms at half of the sustained rate',
      check(figures) {
        const p99 = figures.median({ case: halfRate, contender: 'hookport', metric: 'p99' });
        return p99 === undefined ? undefined : { reached: p99 < 20, figure: `${p99.toFixed(1)} ms` };
      },
    },
  ],
  charts: [{ name: 'p99', title: 'From accept to handler, p99', metric: 'p99', cases: shares.map(caseOf) }],
  measure,
};

async function measure(options: MeasureOptions): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    for (const [name, values] of await measureRound(options))
      measurements.push({ case: name, contender: 'hookport', round, values });
    options.progress(`round ${round + 1}`);
  }
  return measurements;
}

type Values = Readonly<Record<string, number>>;

async function measureRound({ folder: parent, quick }: MeasureOptions): Promise<[string, Values][]> {
  const folder = mkdtempSync(join(parent, 'hookport-bench-'));
  const settings = 'handler: bench/handling/handler.ts, concurrency: 50, throttle: { rate: 10000, burst: 5000 }';
  const config = writeConfig(folder, [`github: { provider: github, ${settings} }`]);
  const report = join(folder, 'report.json');
  const platform = await startPlatform(config, join(folder, 'data'), { BENCH_REPORT: report });
  const seconds = quick ? 0.2 : 5;
  try {
    if (!quick) await run(platform, report, { perSecond: 0, seconds: 2 });
    const { perSecond, perCore, ...full } = await run(platform, report, { perSecond: 0, seconds });
    const measured: [string, Values][] = [[sustained, { perSecond, perCore, ...full }]];
    for (const share of quick ? [0.5] : shares) {
      const { p50, p99 } = await run(platform, report, { perSecond: quick ? 50 : perSecond * share, seconds });
      measured.push([caseOf(share), { p50, p99 }]);
    }
    return measured;
  } finally {
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the handler of bench/handling wrote, of all runs until now. */
interface Report {
  handled: number;
  lastAt: number;
  latencies: number[];
}

type Pace = Pick<PacedLoad, 'perSecond' | 'seconds'>;

async function run(platform: PlatformProcess, file: string, pace: Pace) {
  const before = readReport(file) ?? { handled: 0, latencies: [] };
  const cpuBefore = platform.cpuSeconds();
  const load: PacedLoad = {
    port: platform.gatewayPort,
    path: '/github',
    secret: githubSecret,
    bodyBytes: 2048,
    ...pace,
  };
  const sent = await runModule<PacedResult>(join(import.meta.dirname, '../handling/load.ts'), JSON.stringify(load));
  if (sent.errors > 0) throw new Error(`${sent.errors} requests were not answered 200`);
  const { lastAt, ...report } = await whenHandled(file, before.handled + sent.accepted);
  const handled = report.handled - before.handled;
  const latencies = report.latencies.slice(before.latencies.length).toSorted((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor((latencies.length - 1) * share)] ?? NaN;
  return {
    perSecond: (handled * 1000) / (lastAt - sent.startedAt),
    perCore: handled / (platform.cpuSeconds() - cpuBefore),
    p50: at(0.5),
    p99: at(0.99),
  };
}

async function whenHandled(file: string, count: number): Promise<Report> {
  for (let tries = 0; tries < 2400; tries += 1) {
    const report = readReport(file);
    if (report && report.handled >= count) return report;
    await sleep(50);
  }
  throw new Error(`of ${count} accepted, ${readReport(file)?.handled ?? 0} were handled in two minutes`);
}

function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return undefined;
  }
}
