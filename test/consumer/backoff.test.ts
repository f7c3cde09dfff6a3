import { describe, expect, test } from 'vitest';
import { backoffSeconds } from '../../src/consumer/backoff.ts';

describe('the delay before the next attempt', () => {
  test.each([
    [1, 30],
    [2, 120],
    [3, 480],
    [4, 1920],
    [5, 3600],
    [6, 3600],
    [1000, 3600],
  ])('after attempt %i is %i s on average', (attempt, seconds) => {
    expect(backoffSeconds(attempt, () => 0.5)).toBe(seconds);
  });

  test('varies by 20 % both ways', () => {
    expect(backoffSeconds(1, () => 0)).toBe(24);
    expect(backoffSeconds(1, () => 0.999_999)).toBe(36);
    expect(backoffSeconds(9, () => 0)).toBe(2880);
    expect(backoffSeconds(9, () => 0.999_999)).toBe(4320);
  });
});
