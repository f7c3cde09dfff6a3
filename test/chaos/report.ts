import { markdownTable } from '../../scripts/markdown-table.ts';
import type { RunResult } from './run-scenario.ts';
import type { Series } from './series.ts';

/** One line for a run, and one more for each problem. */
export function runLine(scenario: string, index: number, { seed, counts, problems, milliseconds }: RunResult): string {
  const verdict = problems.length === 0 ? 'ok' : 'FAILED';
  const head = `${verdict} ${scenario} #${index + 1} seed ${seed} ${milliseconds} ms: ${countsText(counts)}`;
  return [head, ...problems.map((problem) => `   ${problem.replaceAll('\n', '\n   ')}`)].join('\n');
}

export function summaryTable(all: readonly Series[]): string {
  const rows = all.map(({ scenario, wanted, done, failed, seconds, counts, firstSeed, skipped }) =>
    skipped === undefined
      ? [scenario, `${done} of ${wanted}`, String(failed), countsText(counts), `${seconds} s`, String(firstSeed)]
      : [scenario, `0 of ${wanted}`, '', `skipped: ${skipped}`, '', ''],
  );
  return markdownTable(['scenario', 'runs', 'failed', 'counts', 'time', 'first seed'], rows);
}

export function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count.toLocaleString('en-US')}`)
    .join(', ');
}
