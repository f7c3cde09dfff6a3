import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkWith } from '../../src/payload-schema/check.ts';
import { compileSchema } from '../../src/payload-schema/compile.ts';
import { standaloneSchema } from '../../src/payload-schema/standalone.ts';

const folder = mkdtempSync(join(tmpdir(), 'hookport-schema-'));
afterAll(() => rmSync(folder, { recursive: true }));

function checkOf(schema: object) {
  const compiled = compileSchema(schema);
  if (!compiled.ok) throw new Error(compiled.problem);
  return checkWith(compiled.validate);
}

const order = {
  type: 'object',
  required: ['id', 'lines'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', pattern: '^o-' },
    lines: { type: 'array', items: { type: 'object', properties: { count: { type: 'integer', minimum: 1 } } } },
    status: { enum: ['open', 'paid'] },
  },
};

describe('a payload', () => {
  const check = checkOf(order);
  const secret = 'a value that nobody may read';

  test('that matches has no reason', () => {
    expect(check({ id: 'o-1', lines: [{ count: 2 }], status: 'paid' })).toBeUndefined();
  });

  test.each<[string, unknown, string]>([
    ['is no object', secret, '(the payload) must be object [type]'],
    ['lacks a key', { id: 'o-1' }, "(the payload) must have required property 'lines' [required]"],
    [
      'has a wrong type deep inside',
      { id: 'o-1', lines: [{ count: secret }] },
      '/lines/0/count must be integer [type]',
    ],
    ['has too small a number', { id: 'o-1', lines: [{ count: -5 }] }, '/lines/0/count must be >= 1 [minimum]'],
    ['has another pattern', { id: secret, lines: [] }, '/id must match pattern "^o-" [pattern]'],
    [
      'is none of some values',
      { id: 'o-1', lines: [], status: secret },
      '/status must be equal to one of the allowed values [enum]',
    ],
    [
      'has a key that is not wanted',
      { id: 'o-1', lines: [], [secret]: 1 },
      '(the payload) must NOT have additional properties [additionalProperties]',
    ],
  ])('that %s is told by place and keyword, without its values', (_, payload, expected) => {
    expect(check(payload)).toBe(expected);
    expect(check(payload)).not.toContain(secret);
  });

  test('with a million mistakes has one', () => {
    const lines = Array.from({ length: 100_000 }, () => ({ count: 0 }));
    expect(check({ id: 'o-1', lines })).toBe('/lines/0/count must be >= 1 [minimum]');
  });

  test('that is nested without end is refused and breaks nothing', () => {
    const deep = checkOf({ $id: 'tree', type: 'object', properties: { child: { $ref: 'tree' } } });
    let payload: object = {};
    for (let depth = 0; depth < 200_000; depth++) payload = { child: payload };
    expect(deep(payload)).toBe('the payload is nested too deeply to be checked');
  });
});

test.each([
  ['http://json-schema.org/draft-06/schema#', { items: [{ type: 'string' }] }],
  ['http://json-schema.org/draft-06/schema', { items: [{ type: 'string' }] }],
  ['http://json-schema.org/draft-07/schema#', { items: [{ type: 'string' }] }],
  ['https://json-schema.org/draft/2019-09/schema', { items: [{ type: 'string' }], unevaluatedItems: false }],
  ['https://json-schema.org/draft/2020-12/schema', { prefixItems: [{ type: 'string' }], items: false }],
])('a schema of %s is read by its own rules', ($schema, rules) => {
  const check = checkOf({ $schema, type: 'array', ...rules });
  expect(check(['a'])).toBeUndefined();
  expect(check([1])).toBe('/0 must be string [type]');
});

test.each(['2019-09', '2020-12'])('a schema of %s refers to an $anchor', (draft) => {
  const check = checkOf({
    $schema: `https://json-schema.org/draft/${draft}/schema`,
    $defs: { name: { $anchor: 'name', type: 'string' } },
    properties: { name: { $ref: '#name' } },
  });
  expect(check({ name: 'a' })).toBeUndefined();
  expect(check({ name: 1 })).toBe('/name must be string [type]');
});

test('code that was made ahead makes no code at run time; a bundle’s test runs it', () => {
  const file = join(folder, 'order.json');
  writeFileSync(file, JSON.stringify(order));
  const code = standaloneSchema(file);
  expect(code).toContain('export default');
  expect(code).not.toMatch(/new Function|eval\(/);
});
