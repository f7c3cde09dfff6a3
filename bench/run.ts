import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withFigures } from '../scripts/readme-figures.ts';
import { describeMachine } from './lib/machine.ts';
import { root } from './lib/platform.ts';
import { writeReport } from './lib/report.ts';
import { writeResult } from './lib/results.ts';
import { versions } from './lib/versions.ts';
import { parts } from './parts/index.ts';

/**
 * Runs benchmarks, keeps their figures, and writes the report over all figures that are there, and README's from them.
 *
 * `npm run bench -- [--only accept,queue] [--rounds 5] [--folder /tmp] [--quick] [--report]`
 *
 * `--quick` only proves that everything works, in a folder that is thrown away; `--report` measures nothing.
 */
const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string' },
    folder: { type: 'string', default: tmpdir() },
    quick: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
  },
});

const inMemory = 0x01021994;
if (!options.quick && statfsSync(options.folder).type === inMemory)
  throw new Error(`${options.folder} is in memory, where nothing is ever synced to a disk: name another with --folder`);
const names = options.only?.split(',') ?? parts.map(({ name }) => name);
const unknown = names.filter((name) => !parts.some((part) => part.name === name));
if (unknown.length > 0)
  throw new Error(`there is no ${unknown.join(', ')}; there are ${parts.map(({ name }) => name).join(', ')}`);
const rounds = Number(options.rounds ?? (options.quick ? 1 : 5));
if (!(Number.isInteger(rounds) && rounds > 0))
  throw new Error(`--rounds must be a whole number, not ${options.rounds}`);

const results = options.quick
  ? mkdtempSync(join(tmpdir(), 'hookport-bench-results-'))
  : join(import.meta.dirname, 'results');
for (const part of options.report ? [] : parts.filter(({ name }) => names.includes(name))) {
  const began = performance.now();
  const progress = (text: string) =>
    console.error(`${part.name}: ${text}, ${Math.round((performance.now() - began) / 1000)} s`);
  const measurements = await part.measure({ rounds, quick: options.quick, folder: options.folder, progress });
  if (measurements.length === 0) throw new Error(`${part.name} measured nothing`);
  writeResult(results, {
    part: part.name,
    measuredAt: new Date().toISOString(),
    machine: describeMachine(),
    versions: await versions(),
    rounds,
    measurements,
  });
}
writeReport(results, parts);
if (options.quick) {
  rmSync(results, { recursive: true });
  console.log(`${names.length} benchmarks work`);
} else {
  const readme = join(root, 'README.md');
  await writeFile(readme, withFigures(await readFile(readme, 'utf8')));
  console.log(join(results, 'report.md'));
}
