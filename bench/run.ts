import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from './lib/machine.ts';
import { writeReport } from './lib/report.ts';
import { writeResult } from './lib/results.ts';
import { versions } from './lib/versions.ts';
import { parts } from './parts/index.ts';

/**
 * Runs benchmarks, keeps their figures, and writes the report over all figures that are there.
 *
 * `npm run bench -- [--only accept,queue] [--rounds 5] [--folder /tmp] [--quick] [--report]`
 *
 * `--quick` only proves that everything works, in a folder that is thrown away; `--report` measures nothing.
 */
const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    rounds: { type: 'string' },
    folder: { type: 'string', default: tmpdir() },
    quick: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
  },
});

const inMemory = 0x01021994;
if (!options.quick && statfsSync(options.folder).type === inMemory)
  throw new Error(`${options.folder} is in memory, where nothing is ever synced to a disk: name another with --folder`);
const wanted = options.only === '' ? parts : parts.filter(({ name }) => options.only.split(',').includes(name));
if (wanted.length === 0)
  throw new Error(`there is no "${options.only}"; there are ${parts.map(({ name }) => name).join(', ')}`);

const folder = options.quick
  ? mkdtempSync(join(tmpdir(), 'hookport-bench-results-'))
  : join(import.meta.dirname, 'results');
const rounds = Number(options.rounds ?? (options.quick ? 1 : 5));
for (const part of options.report ? [] : wanted) {
  const began = performance.now();
  const elapsed = () => `${Math.round((performance.now() - began) / 1000)} s`;
  const progress = (text: string) => console.error(`${part.name}: ${text}, ${elapsed()}`);
  const measurements = await part.measure({ rounds, quick: options.quick, folder: options.folder, progress });
  if (measurements.length === 0) throw new Error(`${part.name} measured nothing`);
  writeResult(folder, {
    part: part.name,
    measuredAt: new Date().toISOString(),
    machine: describeMachine(),
    versions: await versions(),
    rounds,
    measurements,
  });
}
writeReport(folder, parts);
console.log(options.quick ? `${wanted.length} benchmarks work` : join(folder, 'report.md'));
if (options.quick) rmSync(folder, { recursive: true });
