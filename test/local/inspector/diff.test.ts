import { expect, it } from 'vitest';

// The page's own type check covers it; this one takes no JavaScript.
const module = new URL('../../../src/local/inspector/page/diff.js', import.meta.url).href;
const { differences } = (await import(module)) as { differences: (before: string, after: string) => object[] };

it('tells what was added, removed and changed, by path', () => {
  expect(differences('{"a":{"b":[1,2]},"c":1,"d":null}', '{"a":{"b":[1,3,4]},"d":{},"e":"x"}')).toEqual([
    { path: 'a.b.1', kind: 'changed', before: '2', after: '3' },
    { path: 'a.b.2', kind: 'added', after: '4' },
    { path: 'c', kind: 'removed', before: '1' },
    { path: 'd', kind: 'changed', before: 'null', after: '{}' },
    { path: 'e', kind: 'added', after: '"x"' },
  ]);
});

it('compares numbers as they are written, also those that are one number once they are parsed', () => {
  expect(differences('{"id":9007199254740992,"n":1.0}', '{"id":9007199254740993,"n":1}')).toEqual([
    { path: 'id', kind: 'changed', before: '9007199254740992', after: '9007199254740993' },
    { path: 'n', kind: 'changed', before: '1.0', after: '1' },
  ]);
  expect(differences('{"a":[9007199254740993,1e400]}', '{ "a": [9007199254740993, 1e400] }')).toEqual([]);
  expect(differences('{}', '{"a":{"id":9007199254740993}}')).toEqual([
    { path: 'a', kind: 'added', after: '{"id":9007199254740993}' },
  ]);
});

it('takes an object that looks like such a number for what it is', () => {
  expect(differences('{"a":{"rawJSON":"1"}}', '{"a":1}')).toEqual([
    { path: 'a', kind: 'changed', before: '{"rawJSON":"1"}', after: '1' },
  ]);
});

it('refuses what is no JSON', () => {
  expect(() => differences('{', '{}')).toThrow(SyntaxError);
});
