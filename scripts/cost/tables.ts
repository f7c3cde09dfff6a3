import { markdownTable } from '../markdown-table.ts';
import { replaceMarked } from '../marked.ts';
import { idleCosts, ingressCosts } from './idle.ts';
import { prices } from './prices.ts';
import { costOf, type Item, total } from './webhooks.ts';

const usual = { webhooks: 1_000_000, kilobytes: 10, handlerSeconds: 0.05, memoryGb: 0.5 };

/** docs/deploy.md with the costs as the prices have them now. @throws Error where the marks of their place are missing */
export function withCosts(page: string): string {
  return replaceMarked(page, 'costs', [
    `us-east-1, on demand, in US dollars, prices of ${prices.asOf}. **†**: from memory, check before you rely on it.`,
    'A million webhooks of 10 KB, each handled at its first attempt in 50 ms by a function of 512 MiB on arm64:',
    perMillion(),
    'Taking them in alone, beside other designs (the consumer costs the same behind all of them):',
    markdownTable(['', '', '$'], ingressCosts().map(row)),
    'So the direct route is not chosen for its price: it has no code, no cold start and no concurrency limit between the provider and the queue.',
    'In a month in which nothing arrives:',
    markdownTable(['', '', '$'], idleCosts().map(row)),
  ]);
}

/** A million webhooks, handed over one by one and in tens. */
export function perMillion(): string {
  const alone = costOf({ ...usual, batch: 1 });
  const batched = costOf({ ...usual, batch: 10 });
  const rows = alone.map((each, index) => {
    const other = batched[index];
    const arithmetic =
      other?.arithmetic === each.arithmetic ? each.arithmetic : `${each.arithmetic}; ${other?.arithmetic}`;
    return [each.what, arithmetic, each.dollars.toFixed(2), (other?.dollars ?? 0).toFixed(2)];
  });
  const sums = [total(alone), total(batched)].map((sum) => `**${sum.toFixed(2)}**`);
  return markdownTable(['', '', 'one by one, $', 'batches of 10, $'], [...rows, ['**together**', '', ...sums]]);
}

const row = ({ what, arithmetic, dollars }: Item) => [what, arithmetic, dollars.toFixed(2)];
