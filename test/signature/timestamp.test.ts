import { describe, expect, it } from 'vitest';
import { formatTimestamp, parseTimestamp, timestampProblem } from '../../src/signature/timestamp.ts';

describe('parseTimestamp', () => {
  it.each(['', ' 17', '17 ', '+1', '-1', '1.5', '1e3', '0x10', '1700000000abc', '١٧', '1'.repeat(16), '17\n', 'NaN'])(
    'refuses %j as a number',
    (text) => {
      expect(parseTimestamp('seconds', text)).toBeUndefined();
      expect(parseTimestamp('milliseconds', text)).toBeUndefined();
    },
  );

  it.each([
    '2026-11-03',
    '2026-11-03T16:20:05',
    '2026-11-03 16:20:05Z',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-03T25:00:00Z',
    '2026-11-03T16:20:05z',
    '+002026-11-03T16:20:05Z',
    'Tue, 03 Nov 2026 16:20:05 GMT',
  ])('refuses %j as ISO 8601', (text) => {
    expect(parseTimestamp('iso8601', text)).toBeUndefined();
  });

  it('reads seconds, milliseconds and ISO 8601 to the same instant, and writes them back', () => {
    const instant = Date.UTC(2026, 10, 3, 16, 20, 5);
    expect(parseTimestamp('seconds', '1793722805')).toBe(instant);
    expect(parseTimestamp('milliseconds', '1793722805000')).toBe(instant);
    expect(parseTimestamp('iso8601', '2026-11-03T16:20:05Z')).toBe(instant);
    expect(parseTimestamp('iso8601', '2026-11-03T18:20:05.000+02:00')).toBe(instant);
    expect(parseTimestamp('iso8601', '2024-02-29T00:00:00Z')).toBe(Date.UTC(2024, 1, 29));
    for (const unit of ['seconds', 'milliseconds', 'iso8601'] as const)
      expect(parseTimestamp(unit, formatTimestamp(unit, instant))).toBe(instant);
  });
});

describe('timestampProblem', () => {
  const location = { from: { header: 'x-time' }, unit: 'seconds', toleranceSeconds: 300 } as const;

  it('allows the tolerance both ways, and not a millisecond more', () => {
    expect(timestampProblem(location, '1000', 1_300_000, undefined)).toBeUndefined();
    expect(timestampProblem(location, '1000', 700_000, undefined)).toBeUndefined();
    expect(timestampProblem(location, '1000', 1_300_001, undefined)).toMatchObject({ reason: 'stale_timestamp' });
    expect(timestampProblem(location, '1000', 699_999, undefined)).toMatchObject({ reason: 'stale_timestamp' });
  });

  it('says on which side of the arrival the timestamp lies', () => {
    expect(timestampProblem(location, '1000', 2_000_000, undefined)?.detail).toContain('1000 s before arrival');
    expect(timestampProblem(location, '3000', 2_000_000, undefined)?.detail).toContain('1000 s after arrival');
  });

  it('takes the tolerance of the configuration over that of the scheme, even where the scheme has none', () => {
    expect(timestampProblem(location, '1000', 1_010_000, 5)).toMatchObject({ reason: 'stale_timestamp' });
    const open = { ...location, toleranceSeconds: null };
    expect(timestampProblem(open, '1000000000', 1_010_000, undefined)).toBeUndefined();
    expect(timestampProblem(open, '1000000000', 1_010_000, 5)).toMatchObject({ reason: 'stale_timestamp' });
    expect(timestampProblem(open, 'never', 1_010_000, undefined)).toMatchObject({ reason: 'malformed_timestamp' });
  });

  it('takes a number that nothing is compared with only if it has as many digits as a time of now', () => {
    const open = { ...location, toleranceSeconds: null };
    for (const text of ['1', '179372280', '17937228051'])
      expect(timestampProblem(open, text, 0, undefined)).toMatchObject({ reason: 'malformed_timestamp' });
    const inMilliseconds = { ...open, unit: 'milliseconds' } as const;
    expect(timestampProblem(inMilliseconds, '1793722805000', 0, undefined)).toBeUndefined();
    for (const text of ['1793722805', '179372280500', '17937228050001'])
      expect(timestampProblem(inMilliseconds, text, 0, undefined)).toMatchObject({ reason: 'malformed_timestamp' });
    expect(timestampProblem({ ...open, unit: 'iso8601' }, '2026-11-03T16:20:05Z', 0, undefined)).toBeUndefined();
  });

  it('takes what cannot be compared for stale', () => {
    expect(timestampProblem(location, '1000', Number.NaN, undefined)).toMatchObject({ reason: 'stale_timestamp' });
    expect(timestampProblem(location, '1000', 1_000_000, Number.NaN)).toMatchObject({ reason: 'stale_timestamp' });
    expect(timestampProblem(location, '1000', 1_000_000, -1)).toMatchObject({ reason: 'stale_timestamp' });
  });
});
