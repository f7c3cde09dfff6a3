import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { catalogue } from '../providers/index.ts';
import { loadGuide } from '../providers/samples/index.ts';
import { subjectsOf } from '../src/catalogue/contract/subject.ts';
import { definitionsHold } from '../test/contract/definitions.ts';
import { type Property, propertiesOf } from '../test/contract/properties.ts';

/**
 * Tries what must hold for every scheme of every provider, and of random definitions as `providers:` may hold them, with
 * random input until the time is over: `npm run fuzz -- --minutes 10`. What it finds comes with the arguments that find it again. Secrets are new in every run, so a fault that
 * hangs on one key is found again only by chance.
 */
const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    /** @default a new one, which is printed */
    seed: { type: 'string' },
    /** Ids of providers, or definitions, with commas between; all if none is given. */
    only: { type: 'string', default: '' },
  },
});
/** Tries of one property on one scheme before the next one's turn. */
const triesAtOnce = 100;

const only = options.only.split(',').filter(Boolean);
const firstSeed = options.seed === undefined ? Math.trunc(Math.random() * 2 ** 31) : Number(options.seed);
const end = performance.now() + Number(options.minutes) * 60_000;
if (!Number.isInteger(firstSeed) || !(end > 0)) throw new Error('--seed is a whole number, --minutes a number');

/** What is tried: one scheme, or definitions. */
interface Target {
  name: string;
  /** What `--only` calls it. */
  id: string;
  properties: readonly (readonly [string, Property])[];
  tries: number;
}

const own = 'definitions';
const ids = only.length === 0 ? [...catalogue.ids(), own] : only;
const all = (await Promise.all(ids.map(targetsOf))).flat();
const started = performance.now();
console.log(`seed ${firstSeed}, ${all.length} targets`);

const faults = await fuzz();
for (const { name, tries } of all) console.log(`${name.padEnd(34)} ${String(tries).padStart(9)} tries`);
const total = all.reduce((sum, { tries }) => sum + tries, 0);
const minutes = ((performance.now() - started) / 60_000).toFixed(1);
console.log(`${total} tries in ${minutes} minutes from seed ${firstSeed}: ${faults} faults`);
if (faults > 0) process.exitCode = 1;

/** Each property of each scheme by turns, with a new seed each time round, until the time is over. */
async function fuzz(): Promise<number> {
  let found = 0;
  for (let seed = firstSeed; performance.now() < end; seed++)
    for (const each of all)
      for (const [name, property] of each.properties) {
        const result = await property({ seed, numRuns: triesAtOnce });
        each.tries += result.numRuns;
        if (!result.failed) continue;
        found++;
        console.error(`\n${each.name}: it does not hold that it ${name}`);
        console.error(`again: npm run fuzz -- --only ${each.id} --seed ${seed} --minutes 0.01`);
        console.error(fc.stringify(result.counterexample), result.errorInstance ?? '');
      }
  return found;
}

async function targetsOf(id: string): Promise<Target[]> {
  if (id === own)
    return [{ name: 'random definitions', id, properties: [['is as the contract says', definitionsHold]], tries: 0 }];
  const provider = catalogue.get(id);
  if (!provider) throw new Error(`there is no provider "${id}"`);
  return subjectsOf(provider, (await (await loadGuide(id))?.samples()) ?? []).map((subject) => ({
    name: subject.name,
    id,
    properties: Object.entries(propertiesOf(subject)),
    tries: 0,
  }));
}
