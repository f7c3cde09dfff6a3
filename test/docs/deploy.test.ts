import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const page = readFileSync(join(import.meta.dirname, '../../docs/deploy.md'), 'utf8');

describe('docs/deploy.md', () => {
  it('sums its costs rightly', () => {
    const table = page.slice(page.indexOf('| | one by one |'), page.indexOf('| **together**'));
    const rows = [...table.matchAll(/\| ([\d.]+) \| ([\d.]+) \|$/gm)];
    expect(rows).toHaveLength(7);
    const [, alone, batched] = /\| \*\*together\*\* \| \*\*([\d.]+)\*\* \| \*\*([\d.]+)\*\*/.exec(page) ?? [];
    const sum = (column: number) => rows.reduce((total, row) => total + Number(row[column]), 0).toFixed(2);
    expect([sum(1), sum(2)]).toEqual([alone, batched]);
  });
});
