import { stripVTControlCharacters, styleText } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { facts, printJson, table } from '../../src/cli/table.ts';

const widthOf = (line: string) => stripVTControlCharacters(line).length;

describe('table', () => {
  const rows = [
    ['ID', 'WHY', 'NEXT'],
    ['github', 'the signature does not match any secret of this source', 'check the secret'],
  ];

  it('aligns columns and cuts nothing where there is room', () => {
    expect(table(rows, ' ', { columns: 200 })).toBe(
      ` ID      WHY                                                     NEXT\n github  ${rows[1]?.[1]}  check the secret`,
    );
  });

  it('cuts the widest column with an ellipsis and leaves the others whole', () => {
    const lines = table(rows, '', { columns: 50 }).split('\n');
    expect(lines[1]).toBe('github  the signature does not …  check the secret');
    expect(lines.map(widthOf)).toEqual([38, 50]);
  });

  it.each([20, 10, 3])('keeps every line within %d columns', (columns) => {
    for (const line of table(rows, '', { columns }).split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(columns);
  });

  it('leaves ids whole in whichever column they stand, if a line has to be longer for it', () => {
    const id = '6f2c1b1e-72d3-4f0e-9a3e-0b7a6f5c4d3e';
    const first = table(
      [
        ['ID', 'STATE', 'WAITING', 'LAST HOUR'],
        [id, 'consumed', '12', '12 handled, 3 failed'],
      ],
      '',
      {
        columns: 50,
        whole: 0,
      },
    ).split('\n');
    expect(first[1]).toMatch(new RegExp(`^${id}  consu`));
    expect(first.map(widthOf)).toEqual([50, 50]);
    const last = table(
      [
        ['REASON', 'EVENT TYPE', 'ID'],
        ['signature_mismatch', 'pull_request', id],
      ],
      '',
      {
        columns: 40,
        whole: 2,
      },
    ).split('\n');
    expect(last[1]).toBe(`signa…  pull_…  ${id}`);
  });

  it('cuts nothing else for an id that is longer than any should be', () => {
    const long = 'x'.repeat(400);
    const lines = table(
      [
        ['REASON', 'EVENT TYPE', 'ID'],
        ['missing_signature', 'push', long],
        ['signature_mismatch', 'pull_request', '6f2c1b1e-72d3-4f0e-9a3e-0b7a6f5c4d3e'],
      ],
      '',
      { columns: 80, whole: 2 },
    ).split('\n');
    expect(lines[1]).toBe(`missing_signature   push          ${long}`);
    expect(lines[2]).toMatch(/^signature_mismatch {2}pull_request {2}6f2c1b1e/);
  });

  it('counts what takes two cells as two, and colours as none', () => {
    expect(
      table([
        ['漢字', 'a'],
        ['abcd', 'b'],
      ]),
    ).toBe('漢字  a\nabcd  b');
    expect(table([['漢字漢字', 'end']], '', { columns: 12 })).toBe('漢字漢…  end');
    const red = styleText('red', 'a long word in red', { validateStream: false });
    const cut = table([[red, 'b']], '', { columns: 12 });
    expect(stripVTControlCharacters(cut)).toBe('a long w…  b');
    expect(cut.indexOf('\u001B[39m')).toBeGreaterThan(cut.indexOf('w'));
    expect(cut.indexOf('\u001B[39m')).toBeLessThan(cut.indexOf('  b'));
  });

  it('is never cut where nobody looks, and facts never are', () => {
    const long = 'x'.repeat(500);
    expect(table([[long]])).toBe(long);
    expect(facts([['name', long]])).toBe(`name  ${long}`);
  });
});

describe('printJson', () => {
  it('prints nothing that a terminal would take as a command, and the same JSON', () => {
    const printed = vi.spyOn(console, 'log').mockReturnValue();
    const value = [{ eventType: 'a \u009b2Jb \u007f\u200f', 'key\u0085': 'Grüße' }];
    printJson(value);
    const text = String(printed.mock.calls[0]?.[0]);
    printed.mockRestore();
    expect(text).toMatch(/^[\n\u0020-\u007eüß]+$/);
    expect(JSON.parse(text)).toEqual(value);
    expect(text.split('\n')).toHaveLength(6);
  });
});
