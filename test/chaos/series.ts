import { type RunResult, runOnce } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';

/** All runs of one scenario, as they are kept in `results/`. */
export interface Series {
  scenario: string;
  /** How many were asked for; fewer are done when the time is up. */
  wanted: number;
  done: number;
  /** Runs in which something did not hold. */
  failed: number;
  firstSeed: number;
  seconds: number;
  /** Summed over the runs. */
  counts: Record<string, number>;
  /** The highest over the runs. */
  highest?: Record<string, number>;
  failures: { seed: number; problems: readonly string[] }[];
  /** Why there was no run. */
  skipped?: string;
}

/** A file in `results/`. */
export interface Kept extends Series {
  /** ISO 8601, at its end. */
  date: string;
  machine: { cpus: number; model: string; node: string };
}

export interface SeriesOptions {
  runs: number;
  firstSeed: number;
  /** Every run has the same seed: to see a failure again that also depends on timing. */
  sameSeed: boolean;
  /** What each run gets as `minutes`. */
  minutes: number | undefined;
  /** No run begins after this, by `performance.now()`. */
  until: number;
  onRun: (result: RunResult, index: number) => void;
}

export async function runSeries(scenario: Scenario, options: SeriesOptions): Promise<Series> {
  const { runs, firstSeed, sameSeed, minutes, until, onRun } = options;
  const began = performance.now();
  const series: Series = {
    scenario: scenario.name,
    wanted: runs,
    done: 0,
    failed: 0,
    firstSeed,
    seconds: 0,
    counts: {},
    failures: [],
  };
  const skipped = scenario.unable?.();
  if (skipped !== undefined) return { ...series, skipped };
  // The first run is made however late it is, so that no scenario drops out unseen.
  for (let index = 0; index < runs && (index === 0 || performance.now() < until); index++) {
    const result = await runOnce(scenario, sameSeed ? firstSeed : firstSeed + index, {
      short: false,
      ...(minutes !== undefined && { minutes }),
    });
    series.done += 1;
    for (const [name, count] of Object.entries(result.counts)) series.counts[name] = (series.counts[name] ?? 0) + count;
    for (const [name, figure] of Object.entries(result.highest ?? {})) {
      series.highest ??= {};
      series.highest[name] = Math.max(series.highest[name] ?? -Infinity, figure);
    }
    if (result.problems.length > 0) {
      series.failed += 1;
      series.failures.push({ seed: result.seed, problems: result.problems });
    }
    onRun(result, index);
  }
  series.seconds = Math.round((performance.now() - began) / 1000);
  return series;
}
