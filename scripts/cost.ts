import { parseArgs } from 'node:util';
import { idleCosts } from './cost/idle.ts';
import { prices } from './cost/prices.ts';
import { costOf, type Item, total } from './cost/webhooks.ts';

/**
 * What a month on AWS costs.
 *
 * `npm run cost -- [--webhooks 1000000] [--kilobytes 10] [--batch 1] [--seconds 0.05] [--memory 0.5] [--sources 3]`
 */
const { values } = parseArgs({
  options: {
    webhooks: { type: 'string', default: '1000000' },
    kilobytes: { type: 'string', default: '10' },
    batch: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '0.05' },
    memory: { type: 'string', default: '0.5' },
    sources: { type: 'string', default: '3' },
  },
});
const number = (name: 'webhooks' | 'kilobytes' | 'batch' | 'seconds' | 'memory' | 'sources'): number => {
  const value = Number(values[name]);
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0, not "${values[name]}"`);
  return value;
};

const items = costOf({
  webhooks: number('webhooks'),
  kilobytes: number('kilobytes'),
  batch: number('batch'),
  handlerSeconds: number('seconds'),
  memoryGb: number('memory'),
});
const sources = number('sources');
const perSource = idleCosts().filter(({ what }) => ['each secret', 'each consumer’s polling'].includes(what));
const idle = perSource.map(({ what, dollars }): Item => ({
  what,
  arithmetic: `${sources} × $${dollars.toFixed(2)}`,
  dollars: dollars * sources,
}));

const all = [...items, ...idle];
const width = Math.max(...all.map(({ what }) => what.length));
for (const { what, arithmetic, dollars } of all)
  console.log(`${dollars.toFixed(2).padStart(10)}  ${what.padEnd(width)}  ${arithmetic}`);
console.log(`${total(all).toFixed(2).padStart(10)}  in US dollars a month, us-east-1, prices of ${prices.asOf}`);
