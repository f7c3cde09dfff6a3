import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { perMillion } from '../../scripts/cost/tables.ts';
import { markdownTable } from '../../scripts/markdown-table.ts';
import { drawChart } from './charts.ts';
import { figuresOf, summarise } from './figures.ts';
import { goalsOf } from './goals.ts';
import { show, showRatio } from './numbers.ts';
import type { Measurement, Part } from './part.ts';
import { readResult, type Result } from './results.ts';

/** Writes `report.md` and the charts of each part that has results in the folder, over those that were there. */
export function writeReport(folder: string, parts: readonly Part[]): void {
  for (const file of readdirSync(folder)) if (file.endsWith('.svg')) rmSync(join(folder, file));
  const measured = parts.flatMap((part) => {
    const result = readResult(folder, part.name);
    return result ? [{ part, result }] : [];
  });
  const goals = measured.flatMap(({ part, result }) =>
    goalsOf(part, result.measurements).map(({ text, figure, reached }) => [
      part.title,
      text,
      figure,
      reached ? 'yes' : '**no**',
    ]),
  );
  const text = [
    '# Benchmarks',
    '',
    'Made by `npm run bench`; do not edit. Medians of the rounds, with the least and the most; a ratio is the median of the ratios within each',
    'round. Contenders take turns, at their documented defaults. Absolute figures hold for the machine that is named; ratios travel.',
    ...(goals.length === 0 ? [] : ['', '## Goals', '', markdownTable(['', 'goal', 'measured', 'reached'], goals)]),
    ...measured.flatMap(({ part, result }) => section(folder, part, result)),
    ...costSection(),
  ];
  writeFileSync(join(folder, 'report.md'), `${text.join('\n')}\n`);
}

function section(folder: string, part: Part, result: Result): string[] {
  const { measurements } = result;
  const took = Object.keys(part.contenders).filter((id) => measurements.some(({ contender }) => contender === id));
  const missing = Object.keys(part.contenders).filter((id) => !took.includes(id));
  const nameOf = (id: string) => part.contenders[id]?.name ?? id;
  const promises = took.flatMap((id) =>
    part.contenders[id]?.promise ? [[nameOf(id), part.contenders[id].promise]] : [],
  );
  const charts = part.charts.flatMap((chart) => {
    const drawn = drawChart(part, chart, measurements);
    if (drawn === undefined) return [];
    const file = `${part.name}-${chart.name}.svg`;
    writeFileSync(join(folder, file), drawn);
    return ['', `![${chart.title.replaceAll('`', '')}](${file})`];
  });
  return [
    '',
    `## ${part.title}`,
    '',
    part.about,
    '',
    conditions(result),
    ...(missing.length > 0 ? ['', `Not installed there: ${missing.map(nameOf).join(', ')}.`] : []),
    ...(promises.length > 0 ? ['', markdownTable(['contender', 'what its answer promises'], promises)] : []),
    ...charts,
    '',
    '<details><summary>All figures</summary>',
    '',
    figuresTable(part, took, measurements),
    '',
    '</details>',
  ];
}

function conditions({ machine, rounds, measuredAt, versions }: Result): string {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return (
    `${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, kernel ${machine.kernel}, Node ${machine.node}; ` +
    `${rounds} round${rounds === 1 ? '' : 's'}, ${measuredAt.slice(0, 10)}. ${programs.join(', ')}.`
  );
}

function figuresTable(part: Part, contenders: readonly string[], measurements: readonly Measurement[]): string {
  const { subject = 'hookport' } = part;
  const { cases, ratio } = figuresOf(measurements);
  const [compared = ''] = Object.keys(part.metrics);
  const rows = cases.flatMap((each) =>
    contenders.flatMap((contender) => {
      const cells = Object.keys(part.metrics).map((metric) => {
        const found = summarise(measurements, { case: each, contender, metric });
        if (!found) return '';
        const range = found.least === found.most ? '' : ` (${show(found.least)}–${show(found.most)})`;
        return `${show(found.median)}${range}`;
      });
      if (cells.every((cell) => cell === '')) return [];
      const against =
        contender === subject
          ? undefined
          : ratio({ case: each, contender: subject, other: contender, metric: compared });
      const name = part.contenders[contender]?.name ?? contender;
      return [[each, name, ...cells, against === undefined ? '' : showRatio(against)]];
    }),
  );
  const metrics = Object.values(part.metrics).map(({ label, unit }) => `${label}, ${unit}`);
  return markdownTable(['case', 'contender', ...metrics, `${part.contenders[subject]?.name} ÷ it`], rows);
}

function costSection(): string[] {
  return [
    '',
    '## Cost',
    '',
    'A million webhooks of 10 KB on AWS, each handled at its first attempt in 50 ms; `npm run cost` reckons with other numbers, and',
    '[docs/deploy.md](../../docs/deploy.md#what-it-costs) has the rest.',
    '',
    perMillion(),
  ];
}
