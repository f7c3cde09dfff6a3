import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRoomGiver, createUnderWay, takeRoom } from '../../../src/local/handler-threads/under-way.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const text = (lines: number) => 'x\n'.repeat(lines);

test('room for what was taken is given back in the next turn, all of it', () => {
  const underWay = createUnderWay();
  const give = createRoomGiver(underWay);
  for (const each of [text(1), text(100), 'no line feed']) {
    takeRoom(underWay, each);
    give(each);
  }
  const taken = underWay[0];
  vi.advanceTimersByTime(49);
  expect(underWay[0]).toBe(taken);
  vi.advanceTimersByTime(1);
  expect(underWay[0]).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('of many lines at once the room comes back turn by turn: who goes on waits for as long as if they came one by one', () => {
  const underWay = createUnderWay();
  const give = createRoomGiver(underWay);
  takeRoom(underWay, text(2000));
  give(text(2000));
  const left: number[] = [];
  for (let turn = 0; turn < 4; turn++) {
    vi.advanceTimersByTime(50);
    left.push(underWay[0] ?? NaN);
  }
  expect(left.map((each) => Math.ceil(each / (128 * 1024)))).toEqual([3, 2, 1, 0]);
});

test('who has no room waits, and not for longer than a tenth of a second', () => {
  vi.useRealTimers();
  const underWay = createUnderWay();
  takeRoom(underWay, text(2000));
  const before = performance.now();
  takeRoom(underWay, 'more');
  expect(performance.now() - before).toBeGreaterThan(90);
  expect(performance.now() - before).toBeLessThan(5000);
});
