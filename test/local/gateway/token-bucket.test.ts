import { expect, test } from 'vitest';
import { createTokenBucket } from '../../../src/local/gateway/token-bucket.ts';

function bucket(rate: number, burst: number) {
  let now = 0;
  const take = createTokenBucket({ rate, burst }, () => now);
  const takeAll = () => {
    let taken = 0;
    while (take()) taken += 1;
    return taken;
  };
  return { takeAll, at: (ms: number) => ((now = ms), takeAll()) };
}

test('lets a burst through at once, then the rate', () => {
  const { takeAll, at } = bucket(10, 5);
  expect(takeAll()).toBe(5);
  expect(at(99)).toBe(0);
  expect(at(100)).toBe(1);
  expect(at(400)).toBe(3);
});

test('saves up no more than the burst', () => {
  const { at } = bucket(10, 5);
  expect(at(1_000_000)).toBe(5);
});

test('refills nothing when the clock is set back', () => {
  const { takeAll, at } = bucket(10, 5);
  takeAll();
  expect(at(-10_000)).toBe(0);
  expect(at(-9900)).toBe(1);
});
