import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from '../../scripts/markdown-table.ts';
import { type Bar, barChart } from './chart.ts';
import { figuresOf, summarise } from './figures.ts';
import { show } from './numbers.ts';
import type { Part } from './part.ts';
import { readResult, type Result } from './results.ts';

/** Writes `report.md` and a chart for each case of each part that has results in the folder. */
export function writeReport(folder: string, parts: readonly Part[]): void {
  const sections = parts.flatMap((part) => {
    const result = readResult(folder, part.name);
    return result ? [section(folder, part, result)] : [];
  });
  const head = [
    '# Benchmarks',
    '',
    'Made by `npm run bench`; do not edit. Medians of the rounds, with the least and the most; a ratio is the median of the ratios within each',
    'round. Contenders take turns, at their documented defaults. Absolute figures hold for the machine that is named; ratios travel.',
  ];
  writeFileSync(join(folder, 'report.md'), `${[...head, ...sections].join('\n')}\n`);
}

function section(folder: string, part: Part, { machine, measurements, versions, ...result }: Result): string {
  const { subject = 'hookport' } = part;
  const figures = figuresOf(measurements);
  const [drawn] = Object.keys(part.metrics);
  const took = Object.keys(part.contenders).filter((id) => measurements.some(({ contender }) => contender === id));
  const missing = Object.keys(part.contenders).filter((id) => !took.includes(id));
  const nameOf = (id: string) => part.contenders[id]?.name ?? id;
  const charts = figures.cases.map((each, index) => {
    if (drawn === undefined) return [];
    const metric = part.metrics[drawn];
    const bars = took.flatMap((contender): Bar[] => {
      const found = summarise(measurements, { case: each, contender, metric: drawn });
      return found ? [{ ...found, label: nameOf(contender), isSubject: contender === subject }] : [];
    });
    if (bars.length < 2) return [];
    const file = `${part.name}-${index + 1}.svg`;
    writeFileSync(join(folder, file), barChart(`${each}: ${metric?.label}`, metric?.unit ?? '', bars));
    return ['', `![${each}](${file})`];
  });
  const rows = figures.cases.flatMap((each) =>
    took.flatMap((contender) => {
      const cells = Object.keys(part.metrics).map((metric) => {
        const found = summarise(measurements, { case: each, contender, metric });
        return found ? `${show(found.median)} (${show(found.least)}–${show(found.most)})` : '';
      });
      if (cells.every((cell) => cell === '')) return [];
      const ratio =
        contender === subject || drawn === undefined
          ? undefined
          : figures.ratio({ case: each, contender: subject, other: contender, metric: drawn });
      return [[each, nameOf(contender), ...cells, ratio === undefined ? '' : show(ratio)]];
    }),
  );
  const metrics = Object.values(part.metrics).map(({ label, unit }) => (unit === '' ? label : `${label}, ${unit}`));
  const goals = part.goals.flatMap(({ text, check }) => {
    const found = check(figures);
    return found ? [[text, found.figure, found.reached ? 'yes' : '**no**']] : [];
  });
  const promises = took.flatMap((id) =>
    part.contenders[id]?.promise ? [[nameOf(id), part.contenders[id].promise]] : [],
  );
  return [
    '',
    `## ${part.title}`,
    '',
    part.about,
    '',
    `${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, kernel ${machine.kernel}, Node ${machine.node}; ` +
      `${result.rounds} rounds, ${result.measuredAt.slice(0, 10)}. ` +
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ...(missing.length > 0 ? ['', `Not installed there: ${missing.map(nameOf).join(', ')}.`] : []),
    ...(goals.length > 0 ? ['', markdownTable(['goal', 'measured', 'reached'], goals)] : []),
    ...(promises.length > 0 ? ['', markdownTable(['contender', 'what its answer promises'], promises)] : []),
    ...charts.flat(),
    '',
    markdownTable(['case', 'contender', ...metrics, `${nameOf(subject)} ÷ it`], rows),
  ].join('\n');
}
