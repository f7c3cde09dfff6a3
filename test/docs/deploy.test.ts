import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withCosts } from '../../scripts/cost/tables.ts';
import { costOf, total } from '../../scripts/cost/webhooks.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/deploy.md'), 'utf8');

describe('the costs in docs/deploy.md', () => {
  it('are those of the prices (npm run docs)', () => {
    expect(withCosts(page)).toBe(page);
  });

  it('are what one gets by hand: 1.00 + 0.40 + 0.80 + 0.20 + 0.33 + 0.25 + 0.50', () => {
    const usual = { webhooks: 1_000_000, kilobytes: 10, batch: 1, handlerSeconds: 0.05, memoryGb: 0.5 };
    expect(total(costOf(usual))).toBeCloseTo(3.48, 2);
  });

  it('count started units: a megabyte is two of API Gateway’s and sixteen of SQS’s', () => {
    const large = { webhooks: 1_000_000, kilobytes: 1024, batch: 1, handlerSeconds: 0.05, memoryGb: 0.5 };
    const [api, send, receive] = costOf(large).map(({ dollars }) => Number(dollars.toFixed(2)));
    expect([api, send, receive]).toEqual([2, 6.4, 6.8]);
  });
});
