import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PacedLoad, PacedResult } from '../handling/load.ts';
import type { Measurement, MeasureOptions, Part } from '../lib/part.ts';
import { startPlatform } from '../lib/platform.ts';
import { runModule } from '../lib/server.ts';

const shares = [0.1, 0.5, 0.9];
const caseOf = (share: number) => `at ${share * 100} % of the sustained rate`;
const sustained = 'sustained: sent without a pause, then drained';
const secret = 'bench';

export const handling: Part = {
  name: 'handling',
  title: 'Accept to handler',
  about:
    'The whole platform, as `npm start` runs it: from the moment at which a 2 KB push was due to be sent until the handler ' +
    'has it in hand, verified. The rate is first measured without a pause, backlog drained included; then pushes come evenly at ' +
    'parts of it. The client signs each and shares the machine.',
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
        const p99 = figures.median({ case: caseOf(0.5), contender: 'hookport', metric: 'p99' });
        return p99 === undefined ? undefined : { reached: p99 < 20, figure: `${p99.toFixed(1)} ms` };
      },
    },
  ],
  measure,
};

interface Report {
  handled: number;
  lastAt: number;
  latencies: number[];
}

async function measure(options: MeasureOptions): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  const seconds = options.quick ? 0.3 : 5;
  for (let round = 0; round < options.rounds; round += 1) {
    if (!options.quick) await run(options, { perSecond: 200, seconds: 1 });
    const full = await run(options, { perSecond: 0, seconds });
    measurements.push({ case: sustained, contender: 'hookport', round, values: full });
    for (const share of shares) {
      const { p50, p99 } = await run(options, { perSecond: (full['perSecond'] ?? 0) * share, seconds });
      measurements.push({
        case: caseOf(share),
        contender: 'hookport',
        round,
        values: { p50: p50 ?? 0, p99: p99 ?? 0 },
      });
    }
    options.progress(`round ${round + 1}`);
  }
  return measurements;
}

async function run(
  { folder: parent }: MeasureOptions,
  pace: Pick<PacedLoad, 'perSecond' | 'seconds'>,
): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(parent, 'hookport-bench-'));
  const report = join(folder, 'report.json');
  const config = join(folder, 'webhooks.config.yaml');
  writeFileSync(
    config,
    'name: bench\nsources:\n  github: { provider: github, handler: bench/handling/handler.ts, concurrency: 50, throttle: { rate: 10000, burst: 5000 } }\n',
  );
  const platform = await startPlatform(config, join(folder, 'data'), {
    BENCH_REPORT: report,
    GITHUB_WEBHOOK_SECRET: secret,
  });
  try {
    const before = platform.cpuSeconds();
    const load: PacedLoad = { url: `${platform.gateway}/github`, secret, bodyBytes: 2048, ...pace };
    const sent = await runModule<PacedResult>(join(import.meta.dirname, '../handling/load.ts'), JSON.stringify(load));
    if (sent.errors > 0) throw new Error(`${sent.errors} requests were not answered 200`);
    const { handled, lastAt, latencies } = await whenHandled(report, sent.accepted);
    const sorted = latencies.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? NaN;
    return {
      perSecond: (handled * 1000) / (lastAt - sent.startedAt),
      perCore: handled / (platform.cpuSeconds() - before),
      p50: at(0.5),
      p99: at(0.99),
    };
  } finally {
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function whenHandled(file: string, accepted: number): Promise<Report> {
  for (let tries = 0; tries < 1200; tries += 1) {
    await sleep(100);
    const report = readReport(file);
    if (report && report.handled >= accepted) return report;
  }
  throw new Error(`of ${accepted} accepted, ${readReport(file)?.handled ?? 0} were handled in two minutes`);
}

function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return undefined;
  }
}
