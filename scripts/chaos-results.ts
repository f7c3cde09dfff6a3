import { readdirSync, readFileSync } from 'node:fs';
import { countsText } from '../test/chaos/report.ts';
import type { Scenario } from '../test/chaos/scenario.ts';
import { scenarios } from '../test/chaos/scenarios/index.ts';
import type { Kept } from '../test/chaos/series.ts';
import { markdownTable } from './markdown-table.ts';
import { replaceMarked } from './marked.ts';

const folder = new URL('../test/chaos/results/', import.meta.url);

/** docs/guarantees.md with what the chaos suite tried and found. @throws Error where the marks of its place are missing */
export function withChaosResults(page: string): string {
  const kept = readdirSync(folder)
    .toSorted()
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Kept);
  return replaceMarked(page, 'chaos', [resultsTable(kept), machineText(kept)]);
}

function resultsTable(kept: readonly Kept[]): string {
  const rows = scenarios.map((scenario) =>
    rowOf(
      scenario,
      kept.filter((each) => each.scenario === scenario.name),
    ),
  );
  return markdownTable(['scenario', 'what is tried', 'what must hold', 'runs', 'failed', 'counted'], rows);
}

function rowOf({ name, tries, holds }: Scenario, kept: readonly Kept[]): string[] {
  const runs = kept.reduce((sum, { done }) => sum + done, 0);
  const what = [`\`${name}\``, tries, holds];
  if (runs === 0) return [...what, 'only the short form of `npm test`', '', ''];
  const counts: Record<string, number> = {};
  const highest: Record<string, number> = {};
  for (const each of kept) {
    for (const [count, number] of Object.entries(each.counts)) counts[count] = (counts[count] ?? 0) + number;
    for (const [figure, number] of Object.entries(each.highest ?? {}))
      highest[figure] = Math.max(highest[figure] ?? -Infinity, number);
  }
  const failed = kept.reduce((sum, each) => sum + each.failed, 0);
  return [...what, String(runs), String(failed), countsText({ counts, highest })];
}

function machineText(kept: readonly Kept[]): string {
  const dates = kept.map(({ date }) => date.slice(0, 10)).toSorted();
  const machines = new Set(kept.map(({ machine: { cpus, model, node } }) => `${cpus} × ${model}, Node ${node}`));
  const runs = kept.reduce((sum, { done }) => sum + done, 0);
  return `${runs} runs in all, until ${dates.at(-1) ?? 'never'}, on ${[...machines].join('; ')}.`;
}
