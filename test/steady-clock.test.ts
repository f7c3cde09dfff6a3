import { describe, expect, it } from 'vitest';
import { createSteadyClock } from '../src/steady-clock.ts';

const day = 86_400_000;
const start = Date.UTC(2026, 0, 1);

function steady() {
  let elapsed = 0;
  let offset = 0;
  const clock = createSteadyClock(
    () => start + elapsed + offset,
    () => elapsed,
  );
  return {
    /** Lets time pass, while somebody sets the time of day by so much. */
    at: (ms: number, setBy = 0) => {
      elapsed = ms;
      offset += setBy;
      return clock() - start;
    },
  };
}

describe('the steady clock', () => {
  it('is the time of day while nobody sets it', () => {
    const { at } = steady();
    expect([at(0), at(1500), at(day)]).toEqual([0, 1500, day]);
  });

  it.each([
    ['a day back', -day],
    ['a year ahead', 365 * day],
  ])('goes on evenly when the time of day is set %s, and when that is corrected', (_what, jump) => {
    const { at } = steady();
    at(1000);
    expect(at(2000, jump)).toBe(2000);
    expect(at(5000)).toBe(5000);
    expect(at(6000, -jump)).toBe(6000);
    expect(at(day)).toBe(day);
  });

  it('follows small corrections, but never goes back', () => {
    const { at } = steady();
    expect(at(1000, 200)).toBe(1200);
    expect(at(1100, -300)).toBe(1200);
    expect(at(1300)).toBe(1200);
    expect(at(2000)).toBe(1900);
  });

  it('gives whole milliseconds', () => {
    const { at } = steady();
    expect(at(10.7)).toBe(10);
  });
});
