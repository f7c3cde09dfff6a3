import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runLine, summaryTable } from './report.ts';
import { scenarios } from './scenarios/index.ts';
import { type Kept, runSeries, type Series } from './series.ts';

const usage = `Tries to break what docs/guarantees.md promises. See test/chaos/README.md.

  npm run test:chaos -- [options]

  --only NAME[,NAME]   these scenarios alone
  --runs N             so many runs of each, instead of its own number
  --seed N             every run with this seed: to see a failed run again
  --first-seed N       seeds N, N+1, …: to repeat a series        [from the time of day]
  --minutes N          begin no run later; shared among the scenarios  [no limit]
  --minutes-each N     how long a run of load-steady and the like lasts
  --save FOLDER        keep the results there, one file for each series
  --list               name the scenarios
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    runs: { type: 'string' },
    seed: { type: 'string' },
    'first-seed': { type: 'string' },
    minutes: { type: 'string' },
    'minutes-each': { type: 'string' },
    save: { type: 'string' },
    list: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

function fail(message: string): never {
  console.error(`${message}\n\n${usage}`);
  process.exit(2);
}

function wholeNumber(name: 'runs' | 'seed' | 'first-seed'): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  if (!/^\d{1,10}$/.test(text)) fail(`--${name} takes a whole number, not ${text}`);
  return Number(text);
}

function numberOf(name: 'minutes' | 'minutes-each'): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  if (!(Number(text) > 0)) fail(`--${name} takes a number above 0`);
  return Number(text);
}

function chosen() {
  const names = values.only?.split(',') ?? [];
  const unknown = names.filter((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown.length > 0) fail(`no scenario is called ${unknown.join(' or ')}`);
  return names.length === 0 ? scenarios : scenarios.filter(({ name }) => names.includes(name));
}

function save(folder: string, series: Series): void {
  const machine = { cpus: cpus().length, model: cpus()[0]?.model ?? 'unknown', node: process.version };
  mkdirSync(folder, { recursive: true });
  const kept: Kept = { date: new Date().toISOString(), machine, ...series };
  writeFileSync(join(folder, `${series.scenario}.${series.firstSeed}.json`), `${JSON.stringify(kept, null, 2)}\n`);
}

async function runAll(): Promise<Series[]> {
  const seed = wholeNumber('seed');
  const firstSeed = seed ?? wholeNumber('first-seed') ?? Date.now() % 2 ** 31;
  const runs = wholeNumber('runs');
  const end = performance.now() + (numberOf('minutes') ?? Infinity) * 60_000;
  const todo = chosen();
  const done: Series[] = [];
  for (const [index, scenario] of todo.entries()) {
    // What a quick scenario leaves over goes to those after it.
    const share = (end - performance.now()) / (todo.length - index);
    const series = await runSeries(scenario, {
      runs: runs ?? scenario.runs,
      firstSeed,
      sameSeed: seed !== undefined,
      minutes: numberOf('minutes-each'),
      until: performance.now() + share,
      onRun: (result, run) => console.log(runLine(scenario.name, run, result)),
    });
    if (series.skipped !== undefined) console.log(`skipped ${scenario.name}: ${series.skipped}`);
    done.push(series);
    if (values.save !== undefined) save(values.save, series);
  }
  return done;
}

if (values.help) console.log(usage);
else if (values.list)
  for (const { name, runs, tries, holds } of scenarios) console.log(`${name} (${runs} runs)\n  ${tries}\n  ${holds}`);
else {
  const all = await runAll();
  console.log(`\n${summaryTable(all)}`);
  const failures = all.flatMap(({ scenario, failures }) => failures.map(({ seed }) => ({ scenario, seed })));
  for (const { scenario, seed } of failures)
    console.log(`again: npm run test:chaos -- --only ${scenario} --seed ${seed} --runs 20`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
