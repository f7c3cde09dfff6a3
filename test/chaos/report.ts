import { markdownTable } from '../../scripts/markdown-table.ts';
import type { RunResult } from './run-scenario.ts';
import type { Findings } from './scenario.ts';
import type { Series } from './series.ts';

/** One line for a run, and one more for each problem. */
export function runLine(
  scenario: string,
  index: number,
  { seed, problems, milliseconds, ...found }: RunResult,
): string {
  const verdict = problems.length === 0 ? 'ok' : 'FAILED';
  const head = `${verdict} ${scenario} #${index + 1} seed ${seed} ${milliseconds} ms: ${countsText(found)}`;
  return [head, ...problems.map((problem) => `   ${problem.replaceAll('\n', '\n   ')}`)].join('\n');
}

export function summaryTable(all: readonly Series[]): string {
  const rows = all.map(({ scenario, wanted, done, failed, seconds, firstSeed, skipped, ...found }) =>
    skipped === undefined
      ? [scenario, `${done} of ${wanted}`, String(failed), countsText(found), `${seconds} s`, String(firstSeed)]
      : [scenario, `0 of ${wanted}`, '', `skipped: ${skipped}`, '', ''],
  );
  return markdownTable(['scenario', 'runs', 'failed', 'counts', 'time', 'first seed'], rows);
}

export function countsText({ counts, highest = {} }: Pick<Findings, 'counts' | 'highest'>): string {
  return [...Object.entries(counts), ...Object.entries(highest)]
    .map(([name, count]) => `${name} ${count.toLocaleString('en-US')}`)
    .join(', ');
}
