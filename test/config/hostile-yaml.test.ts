import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCatalogue } from '../../src/catalogue/registry.ts';
import { formatIssue } from '../../src/config/issue.ts';
import { loadConfig, parseConfig } from '../../src/config/load.ts';
import { configSchema } from '../../src/config/schema.ts';

const context = { catalogue: createCatalogue([]), root: '/' };

function issuesOf(text: string): string[] {
  const loaded = parseConfig('w.yaml', text, context);
  return loaded.ok ? [] : loaded.issues.map(formatIssue);
}

describe('YAML that is no plain configuration', () => {
  test.each<[string, string, string]>([
    [
      'a bomb of aliases',
      `a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n`,
      'w.yaml:2:8: aliases (*name) are not supported; write the value out',
    ],
    ['an alias as a key', 'a: &a x\n*a : y\n', 'w.yaml:2:1: aliases (*name) are not supported; write the value out'],
    [
      'a second document',
      'name: a\n---\nname: b\n',
      'w.yaml:2:1: YAML: a second document begins here; a configuration is one',
    ],
    ['a key that stands twice', 'name: a\nname: b\n', 'w.yaml:2:1: the key "name" stands here twice'],
    ['the same in a flow map', 'x: {a: 1, "a": 2}\n', 'w.yaml:1:11: the key "a" stands here twice'],
    ['a number as a key', 'sources: { 1: {} }\n', 'w.yaml:1:12: keys must be text; put quotes around this one'],
    ['a list as a key', '? [a]\n: b\n', 'w.yaml:1:3: keys must be text; put quotes around this one'],
    ['__proto__', 'sources: { "__proto__": { polluted: 1 } }\n', 'w.yaml:1:12: "__proto__" is not a usable key'],
    ['a tag of code', 'name: !!js/function "x"\n', 'w.yaml:1:7: YAML: unresolved tag: tag:yaml.org,2002:js/function'],
    ['a set', 'sources: !!set {a}\n', 'w.yaml:1:10: YAML: unresolved tag: tag:yaml.org,2002:set'],
    ['bytes', 'name: !!binary aGk=\n', 'w.yaml:1:7: YAML: unresolved tag: tag:yaml.org,2002:binary'],
    ['a merge key', 'name: a\nsources: { x: { <<: { provider: y } } }\n', 'w.yaml:2:12: "x" needs the key "provider"'],
    ['a tab', 'sources:\n\tx: 1\n', 'w.yaml:2:1: YAML: tabs are not allowed as indentation'],
    [
      'an open bracket',
      'sources: [\n',
      'w.yaml:2:1: YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['deep nesting', `a: ${'['.repeat(5000)}${']'.repeat(5000)}\n`, 'YAML: nested too deeply'],
    ['deep block nesting', '- '.repeat(50_000), 'YAML: nested too deeply'],
  ])('%s is refused with its place', (_title, text, expected) => {
    expect(issuesOf(text)[0]).toContain(expected);
  });

  test('a directive does not bring back what YAML 1.1 made of plain text', () => {
    expect(issuesOf('%YAML 1.1\n---\nname: yes\nsources: 2020-01-01\n')).toEqual([
      'w.yaml:4:10: "sources" must be a map of keys, not "2020-01-01"',
    ]);
  });

  test('a byte order mark is no mistake', () => {
    expect(issuesOf('\uFEFFname: a\n')).toEqual(['w.yaml:1:2: the configuration needs the key "sources"']);
  });

  test('many keys cost time in proportion', () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1\n`).join('');
    expect(issuesOf(keys)).toHaveLength(20_002);
  });
});

test('a file without end is refused by its size', async () => {
  const loaded = await loadConfig('/dev/zero', context);
  expect(!loaded.ok && loaded.issues.map(({ message }) => message)).toEqual([
    'the file is larger than 1 MiB; a configuration is a few kilobytes',
  ]);
});

test('a folder is an issue that says so', async () => {
  const loaded = await loadConfig('/', context);
  expect(!loaded.ok && loaded.issues.map(formatIssue)).toEqual(['/:1:1: the file cannot be read (EISDIR)']);
});

test('nothing that fits the shape of YAML makes it throw, nor leaves anything on a prototype', () => {
  const settings = Object.keys(configSchema.properties.sources.additionalProperties.properties);
  const words = fc.constantFrom(
    'constructor',
    'toString',
    'hasOwnProperty',
    'prototype',
    '\0',
    '../..',
    '-1s',
    '9'.repeat(400),
  );
  const leaf = fc.oneof(words, fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null));
  const value = fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.oneof(words, fc.string()), leaf));
  const settingsOf = fc.dictionary(fc.oneof(fc.constantFrom(...settings), words), value);
  const configuration = fc.record({
    name: value,
    domain: value,
    cors: value,
    defaults: fc.oneof(settingsOf, value),
    sources: fc.oneof(fc.dictionary(fc.oneof(words, fc.string()), fc.oneof(settingsOf, value)), value),
  });
  fc.assert(
    fc.property(configuration, (given) => {
      // JSON is YAML, so these get past the parser and into schema, rules and places.
      const loaded = parseConfig('w.yaml', JSON.stringify(given), context);
      const places = loaded.ok ? [] : loaded.issues.map(({ line, column }) => line >= 1 && column >= 1);
      expect(places).not.toContain(false);
    }),
    { numRuns: 300 },
  );
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test('a mistake behind a line that YAML cannot read is told with its own line', () => {
  const text = 'name: a\nsources:\n  x: {} 0\n    a: b\n  ok: {}\n  1: {}\n';
  expect(issuesOf(text).map((issue) => issue.split(': ')[0])).toEqual(['w.yaml:3:9', 'w.yaml:4:6', 'w.yaml:6:3']);
});
