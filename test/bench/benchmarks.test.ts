import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { barChart } from '../../bench/lib/chart.ts';
import { figuresOf, summarise } from '../../bench/lib/figures.ts';
import { parts } from '../../bench/parts/index.ts';

/** A benchmark may be slow; whether it works must be known. Figures of these runs mean nothing and are not looked at. */
describe('each benchmark works', { timeout: 120_000 }, () => {
  test.each(parts.map((part) => [part.name, part] as const))('%s', async (_name, part) => {
    const measured = await part.measure({ rounds: 1, quick: true, folder: tmpdir(), progress() {} });
    expect(measured.length).toBeGreaterThan(0);
    for (const { contender, values } of measured) {
      expect(Object.keys(part.contenders)).toContain(contender);
      expect(Object.keys(part.metrics)).toEqual(expect.arrayContaining(Object.keys(values)));
      for (const value of Object.values(values)) expect(value).toBeGreaterThan(0);
    }
    expect(measured.map(({ contender }) => contender)).toContain(part.subject ?? 'hookport');
  });
});

describe('figures', () => {
  const of = (contender: string, round: number, value: number) => ({
    case: 'c',
    contender,
    round,
    values: { v: value },
  });
  const measured = [of('a', 0, 10), of('b', 0, 5), of('a', 1, 100), of('b', 1, 25), of('a', 2, 30), of('b', 2, 10)];

  test('are medians with their range', () => {
    expect(summarise(measured, { case: 'c', contender: 'a', metric: 'v' })).toEqual({
      median: 30,
      least: 10,
      most: 100,
    });
    expect(summarise(measured, { case: 'c', contender: 'x', metric: 'v' })).toBeUndefined();
  });

  test('are compared within a round, so that a slow moment hits both', () => {
    expect(figuresOf(measured).ratio({ case: 'c', contender: 'a', other: 'b', metric: 'v' })).toBe(3);
    expect(figuresOf(measured).ratio({ case: 'c', contender: 'a', other: 'x', metric: 'v' })).toBeUndefined();
  });

  test('are drawn with what was measured, as text', () => {
    const bar = { label: 'a <b>', median: 5, least: 4, most: 10, isSubject: true };
    const svg = barChart('Title', '/s', [bar]);
    expect(svg).toContain('a &lt;b&gt;');
    expect(svg).toContain('5 /s');
    expect(svg).not.toContain('<b>');
  });
});
