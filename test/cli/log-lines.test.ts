import { describe, expect, test } from 'vitest';
import { describeKeptLine, isWanted, newest } from '../../src/cli/log-lines.ts';
import type { KeptLine } from '../../src/local/log-file.ts';

const line = (more: Partial<KeptLine> = {}): KeptLine => ({
  time: '2026-01-02T03:04:05.000Z',
  level: 'info',
  message: 'here',
  fields: { source: 'github' },
  ...more,
});
const all = { level: 'debug', since: undefined, source: undefined } as const;
const github = { id: 'github', queues: ['acme-github', 'acme-github-dlq'] };

describe('a line of the log', () => {
  test.each([
    [line(), all, true],
    [line({ level: 'debug' }), { ...all, level: 'info' }, false],
    [line({ level: 'error' }), { ...all, level: 'warn' }, true],
    [line(), { ...all, since: Date.parse('2026-01-02T03:04:05Z') }, true],
    [line(), { ...all, since: Date.parse('2026-01-02T03:04:06Z') }, false],
    [line(), { ...all, source: github }, true],
    [line({ fields: { source: 'paddle' } }), { ...all, source: github }, false],
    [line({ fields: { queue: 'acme-github-dlq' } }), { ...all, source: github }, true],
    [line({ fields: {} }), { ...all, source: github }, false],
  ] as const)('%j is chosen by %j: %s', (each, wanted, expected) => {
    expect(isWanted(each, wanted)).toBe(expected);
  });

  test('for people has its parts in order and its stack below, with nothing that a terminal would take as a command', () => {
    const fields = { source: 'github', text: 'a \u001b[2Jb', none: undefined, stack: '    at a\n    at \u001b[31mb' };
    expect(describeKeptLine(line({ level: 'warn', message: 'here\nand there', fields }))).toBe(
      '2026-01-02T03:04:05.000Z  warn   github  here\\u000aand there  text="a \\u001b[2Jb"\n    at a\n    at \\u001b[31mb',
    );
    // A handler may log whatever it got.
    const named = { source: 'a\u001b[2J', 'key\u001b[2J': 1, list: ['\u009b2J'] as unknown as string };
    expect(describeKeptLine(line({ fields: named }))).toMatch(/^[\u0020-\u007e]+$/);
    expect(describeKeptLine(line({ fields: {} }))).toBe('2026-01-02T03:04:05.000Z  info   -  here');
  });
});

test('the newest of fewer are all', () => {
  expect([newest([1, 2, 3], 2), newest([1], 2), newest([], 2)]).toEqual([[2, 3], [1], []]);
});
