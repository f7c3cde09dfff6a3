import { expect, test } from 'vitest';
import { toTime } from '../../src/cli/time-option.ts';

test.each(['2026-01-31', '2028-02-29T08:00:00Z', '2026-12-31T23:59:59.5+01:00'])(
  '%s is a time as it stands',
  (text) => {
    expect(toTime(text)).toBe(text);
  },
);

test('a duration is that long before now', () => {
  expect(Date.now() - Date.parse(toTime('2h'))).toBeCloseTo(2 * 3600_000, -4);
});

test.each(['2026-02-30', '2026-02-29T08:00:00Z', '2026-13-01', '2026-01-01T25:00:00Z', '2026-01-01T08:00:00', 'today'])(
  '%s is no time',
  (text) => {
    expect(() => toTime(text)).toThrow('a time is 30m, 2h, 7d, or ISO 8601');
  },
);
