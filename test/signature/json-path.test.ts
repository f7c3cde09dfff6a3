import { describe, expect, it } from 'vitest';
import { getPath, scalarText, setPath } from '../../src/signature/json-path.ts';

describe('getPath', () => {
  it('walks objects and arrays, and finds own properties only', () => {
    const value = JSON.parse('{"a":{"b":[{"c":1}]},"__proto__":{"d":2}}') as unknown;
    expect(getPath(value, 'a.b.0.c')).toBe(1);
    expect(getPath(value, '__proto__.d')).toBe(2);
    expect(getPath([7], '')).toEqual([7]);
    for (const path of ['a.x', 'a.b.1.c', 'a.b.0.c.d', 'constructor', 'a.b.length.x', 'toString.name'])
      expect(getPath(value, path)).toBeUndefined();
    expect(getPath('text', 'length')).toBeUndefined();
  });
});

describe('setPath', () => {
  it('makes what leads to the place, and never touches a prototype', () => {
    const value: Record<string, unknown> = {};
    expect(setPath(value, 'a.b', 1)).toBe(true);
    expect(setPath(value, '__proto__.polluted', 1)).toBe(true);
    expect(JSON.stringify(value)).toBe('{"a":{"b":1},"__proto__":{"polluted":1}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(setPath({ a: 1 }, 'a.b', 1)).toBe(false);
    expect(setPath(1, 'a', 1)).toBe(false);
    expect(setPath({}, '', 1)).toBe(false);
  });
});

describe('scalarText', () => {
  it('takes strings, numbers and booleans as JSON writes them', () => {
    expect(['a', '', 12, 1.5, true].map(scalarText)).toEqual(['a', '', '12', '1.5', 'true']);
    expect([null, undefined, {}, []].map(scalarText)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('takes no number of which parsing kept but some of the digits: two of them would have one text', () => {
    const parsed = JSON.parse(
      '[9007199254740991,-9007199254740991,9007199254740993,1234567890123456789,1e400]',
    ) as unknown[];
    expect(parsed.map(scalarText)).toEqual(['9007199254740991', '-9007199254740991', undefined, undefined, undefined]);
  });
});
