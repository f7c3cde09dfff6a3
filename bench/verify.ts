import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { makeCases, type Case } from './verify/cases.ts';
import { type Answer, contendersFor, type Verify } from './verify/contenders.ts';

/**
 * How many requests per second of processor time are verified, for each scheme and size, beside other libraries and
 * beside the bare operation of node:crypto, which is the limit. All contenders of a case get the same requests, a
 * slice of time each, by turns, for several rounds; medians are printed, and written to bench/results/verify.json.
 * Time of the processor, not of the clock: what else runs on the machine counts less.
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    milliseconds: { type: 'string', default: '60' },
    only: { type: 'string', default: '' },
    sizes: { type: 'string', default: '2048,20480' },
    write: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const rounds = Number(options.rounds);
const sliceMicroseconds = Number(options.milliseconds) * 1000;

interface Line {
  scheme: string;
  bytes: number;
  perSecond: Record<string, number>;
  /** `ours` against each other contender: the median of the ratios of all rounds. */
  oursAgainst: Record<string, number>;
}

const lines: Line[] = [];
for (const each of await makeCases(options.sizes.split(',').map(Number)))
  if (options.only === '' || options.only.split(',').includes(each.id)) lines.push(await measure(each));

if (options.write) {
  mkdirSync(new URL('results/', import.meta.url), { recursive: true });
  const machine = { node: process.version, arch: process.arch, rounds, sliceMilliseconds: sliceMicroseconds / 1000 };
  const text = JSON.stringify({ measuredAt: new Date().toISOString(), ...machine, lines }, null, 2);
  writeFileSync(new URL('results/verify.json', import.meta.url), `${text}\n`);
}

async function measure(each: Case): Promise<Line> {
  const contenders = Object.entries(contendersFor(each));
  const rates = new Map<string, number[]>(contenders.map(([name]) => [name, []]));
  const batches = new Map<string, number>();
  for (const [name, verify] of contenders) batches.set(name, await warmUp(name, verify, each));
  for (let round = 0; round < rounds; round++)
    // Whoever is first in one round is last in the next: a cold cache or a collection of garbage is not always theirs.
    for (const [name, verify] of round % 2 === 0 ? contenders : contenders.toReversed())
      rates.get(name)?.push(await rateOf(verify, batches.get(name) ?? 1, sliceMicroseconds));
  const own = rates.get('ours') ?? [];
  const line: Line = { scheme: each.id, bytes: each.bytes, perSecond: {}, oursAgainst: {} };
  for (const [name, all] of rates) {
    line.perSecond[name] = Math.round(median(all));
    if (name !== 'ours') line.oursAgainst[name] = round2(median(all.map((rate, index) => (own[index] ?? 0) / rate)));
  }
  const told = Object.entries(line.perSecond).map(([name, rate]) => {
    const ratio = line.oursAgainst[name];
    return `${name} ${rate}${ratio === undefined ? '' : ` (ours ${ratio})`}`;
  });
  console.log(`${each.id.padEnd(18)} ${String(each.bytes).padStart(6)} B   ${told.join('   ')}`);
  return line;
}

/** Makes sure that each request is taken as genuine, and finds how many fit into about a millisecond. */
async function warmUp(name: string, verify: Verify, { id, requests }: Case): Promise<number> {
  for (const index of requests.keys())
    if (!isGenuine(await verify(index))) throw new Error(`${name} refuses a request of ${id}`);
  const rate = await rateOf(verify, 16, sliceMicroseconds);
  return Math.max(1, Math.round(rate / 1000));
}

/** Verifications per second of processor time, over about so much of it. */
async function rateOf(verify: Verify, batch: number, microseconds: number): Promise<number> {
  let count = 0;
  let spent = 0;
  const began = process.cpuUsage();
  while (spent < microseconds) {
    await run(verify, count, batch);
    count += batch;
    const { user, system } = process.cpuUsage(began);
    spent = user + system;
  }
  return (count / spent) * 1e6;
}

/** Waits only for promises: an `await` of what is there costs as much as hashing some hundred bytes. */
async function run(verify: Verify, from: number, batch: number): Promise<void> {
  for (let index = from; index < from + batch; index++) {
    const answer = verify(index);
    const known = typeof answer === 'object' && 'then' in answer ? await answer : answer;
    if (!isGenuine(known)) throw new Error('a genuine request was refused');
  }
}

function isGenuine(answer: Answer): boolean {
  return typeof answer === 'boolean' ? answer : answer.ok;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function round2(value: number): number {
  return Number(value.toFixed(2));
}
