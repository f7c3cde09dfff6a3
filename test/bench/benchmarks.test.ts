import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { barChart } from '../../bench/lib/chart.ts';
import { figuresOf, summarise } from '../../bench/lib/figures.ts';
import { writeReport } from '../../bench/lib/report.ts';
import { writeResult } from '../../bench/lib/results.ts';
import { parts } from '../../bench/parts/index.ts';

/** A benchmark may be slow; whether it works must be known. Figures of these runs mean nothing and are not looked at. */
describe.concurrent('each benchmark works', { timeout: 120_000 }, () => {
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
    const bar = { label: 'a <b>', median: 5, least: 4, most: 10, isSubject: false, ratio: 2.5 };
    const options = { title: 'Title', unit: '/s', better: 'more', ratioTitle: 'ours ÷ it', sameScale: false } as const;
    const svg = barChart(options, [{ title: 'A case', bars: [bar] }]);
    for (const shown of ['a &lt;b&gt;', '5/s', '2.50×', 'A case', 'ours ÷ it'])
      expect(svg).toContain(`>${shown}</text>`);
    expect(svg).not.toContain('<b>');
  });
});

describe('the report', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hookport-report-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const [part] = parts;
  if (!part) throw new Error('there is no part');
  const [main] = part.charts;
  const measured = (contender: string, perSecond: number) => ({
    case: main?.cases[0] ?? '',
    contender,
    round: 0,
    values: { perSecond, p50: 1, p99: 2 },
  });
  const machine = { cpu: 'A', cores: 2, memoryGiB: 4, kernel: '6', node: 'v24.0.0' };

  test('says of each goal whether it was reached, and names who was not there', () => {
    const measurements = [measured('hookport', 600), measured('limitSync', 1000), measured('fastify', 200)];
    const head = { part: part.name, measuredAt: '2026-01-01T00:00:00Z', machine, versions: { fastify: '5.0.0' } };
    writeResult(folder, { ...head, rounds: 1, measurements });
    writeReport(folder, parts);
    const report = readFileSync(join(folder, 'report.md'), 'utf8');
    expect(report).toContain(
      `| ${part.title} | at least 0.8 of the faster limit (${main?.cases[0]}) | 0.60 | **no** |`,
    );
    expect(report).toMatch(/ahead of fastify \+ SQLite in every case \| 3\.00× at the least .* \| yes \|/);
    expect(report).toMatch(/Not installed there: .*nginx/);
    expect(report).toContain(`(${part.name}-${main?.name}.svg)`);
    expect(readFileSync(join(folder, `${part.name}-${main?.name}.svg`), 'utf8')).toContain('>600/s</text>');
  });

  test('leaves out what was not measured', () => {
    const report = readFileSync(join(folder, 'report.md'), 'utf8');
    for (const { title } of parts.slice(1)) expect(report).not.toContain(`## ${title}\n`);
  });
});

test('every chart draws metrics and contenders that its part has', () => {
  for (const { charts, metrics, contenders } of parts) {
    expect(new Set(charts.map(({ name }) => name)).size).toBe(charts.length);
    for (const { metric, without = [] } of charts) {
      expect(Object.keys(metrics)).toContain(metric);
      expect(Object.keys(contenders)).toEqual(expect.arrayContaining([...without]));
    }
  }
});
