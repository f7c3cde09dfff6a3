import { describe, expect, test } from 'vitest';
import { firstOf, lengthOf, withoutFirst } from '../../../../src/queue/embedded/intake/pieces.ts';

const pieces = ['abc', '', 'd', 'efgh'].map((text) => Buffer.from(text));
const texts = (of: readonly Uint8Array[]) => of.map((piece) => Buffer.from(piece).toString());

describe('pieces of what is written', () => {
  test.each(Array.from({ length: 9 }, (_, length) => length))('are cut in two after %d bytes', (length) => {
    const [first, rest] = [firstOf(pieces, length), withoutFirst(pieces, length)];
    expect(lengthOf(first)).toBe(length);
    expect([...texts(first), ...texts(rest)].join('')).toBe('abcdefgh');
  });

  test('are all of them where fewer are there', () => {
    expect(texts(firstOf(pieces, 100))).toEqual(texts(pieces));
    expect(withoutFirst(pieces, 100)).toEqual([]);
  });

  test('that are cut hold none that is empty, which nothing would be written of', () => {
    expect(texts(withoutFirst(pieces, 3))).toEqual(['d', 'efgh']);
    expect(texts(firstOf(pieces, 3))).toEqual(['abc']);
  });
});
