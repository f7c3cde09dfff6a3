import { expect, test } from 'vitest';
import { createByteBudget } from '../../../src/local/gateway/byte-budget.ts';

function setUp(limitBytes = 100) {
  const time = { now: 0 };
  const budget = createByteBudget(limitBytes, () => time.now);
  const dropped: string[] = [];
  const open = (name: string, bytes = 0) => {
    const share = budget.open(() => void dropped.push(name));
    expect(share.take(bytes)).toBe(true);
    return share;
  };
  return { time, dropped, open };
}

test('bodies take no more together than there is, and what one gives back another may take', () => {
  const { open, dropped } = setUp();
  const first = open('first', 60);
  const second = open('second', 40);
  expect(second.take(1)).toBe(false);
  first.close();
  first.close();
  expect(second.take(60)).toBe(true);
  expect(second.take(1)).toBe(false);
  expect(dropped).toEqual([]);
});

test('bodies that have been on their way for seconds make room for others, the oldest first: nobody can fill it by sending no more', () => {
  const { open, dropped, time } = setUp();
  open('first', 40);
  time.now = 1000;
  const second = open('second', 40);
  const other = open('other');
  time.now = 2999;
  expect(other.take(30)).toBe(false);
  time.now = 3000;
  expect(other.take(30)).toBe(true);
  expect(dropped).toEqual(['first']);
  // One that is dropped is told, and what it does then changes nothing.
  second.close();
  expect(other.take(70)).toBe(true);
  expect(other.take(1)).toBe(false);
});

test('neither a body that came whole nor the one that asks is dropped, and no body for one that would not fit then either', () => {
  const { open, dropped, time } = setUp();
  open('whole', 40).complete();
  const slow = open('slow', 50);
  time.now = 60_000;
  const other = open('other');
  expect(slow.take(60)).toBe(false);
  expect(other.take(70)).toBe(false);
  expect(dropped).toEqual([]);
  expect(other.take(60)).toBe(true);
  expect(dropped).toEqual(['slow']);
});

test('a body of which nothing came yet is not dropped: that would make no room', () => {
  const { open, dropped, time } = setUp();
  const waiting = open('waiting');
  open('first', 60);
  time.now = 3000;
  expect(open('other').take(80)).toBe(true);
  expect(dropped).toEqual(['first']);
  expect(waiting.take(20)).toBe(true);
});
