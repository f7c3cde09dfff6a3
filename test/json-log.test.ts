import { expect, test } from 'vitest';
import type { LogFields } from '../src/log.ts';
import { createJsonLog } from '../src/json-log.ts';

function lineOf(fields: Record<string, unknown>): unknown {
  const lines: string[] = [];
  // A handler in JavaScript may log anything.
  createJsonLog((line) => void lines.push(line)).error('failed', fields as LogFields);
  expect(lines).toEqual([expect.stringMatching(/^\{.*\}\n$/)]);
  return JSON.parse(lines[0] ?? '');
}

test('a field takes the place of neither time, level nor message, and is not lost', () => {
  expect(lineOf({ time: 7, level: 'gold', message: 'theirs', amount: 5 })).toEqual({
    time: expect.stringMatching(/^\d{4}-/),
    level: 'error',
    message: 'failed',
    time_: 7,
    level_: 'gold',
    message_: 'theirs',
    amount: 5,
  });
});

test('a field that is no JSON makes no handler fail', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  expect(lineOf({ big: 12n, none: undefined, amount: 5 })).toMatchObject({ big: '12n', amount: 5, message: 'failed' });
  expect(lineOf({ circle })).toMatchObject({ circle: expect.stringContaining('Circular') });
});

test('what a terminal would take as a command is escaped, and is the same to whoever parses the line', () => {
  const lines: string[] = [];
  const told = 'a \u009b2Jb \u007f\u202e c';
  createJsonLog((line) => void lines.push(line)).warn(told, { [told]: told });
  expect(lines[0]).toMatch(/^[\u0020-\u007e]+\n$/);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ message: told, [told]: told });
});
