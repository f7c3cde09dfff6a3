import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRulesProject } from './project.ts';

const { root, outside, issuesOf } = createRulesProject();

describe('handlers', () => {
  test.each<[string, string]>([
    ['src/loop.ts', 'does not exist; create it, or remove the key to consume the queue yourself'],
    ['src/a folder.ts', 'does not exist; create it, or remove the key to consume the queue yourself'],
    ['src/x.ts/y.ts', 'does not exist; create it, or remove the key to consume the queue yourself'],
    [`src/out/${outside}`, 'leads out of the project'],
    [path.join(root, 'src/x.ts'), 'must lie inside the project, written relative to its root'],
    ['src/*.ts', 'must not hold a "*", or it cannot be bundled; rename the file'],
    ['src/x.py', 'must be a .ts, .mts, .js or .mjs file'],
  ])('%s', (handler, expected) => {
    expect(issuesOf(`name: n\nsources:\n  x: { provider: acme, handler: "${handler}" }\n`)).toEqual([
      `w.yaml:3:33: handler "${handler}" ${expected}`,
    ]);
  });

  test.each(['src/x.ts', './src/x.ts', 'src/../src/x.ts', 'src/..x.ts'])('takes %s', (handler) => {
    expect(issuesOf(`name: n\nsources:\n  x: { provider: acme, handler: "${handler}" }\n`)).toEqual([]);
  });

  test('with control characters or without end are missing files, and no control character reaches the terminal', () => {
    const [nul = ''] = issuesOf('name: n\nsources:\n  x: { provider: acme, handler: "a\\0\\e[31m.ts" }\n');
    expect(nul).toContain('handler "a\\x00\\x1b[31m.ts" does not exist');
    const [long = ''] = issuesOf(`name: n\nsources:\n  x: { provider: acme, handler: ${'a'.repeat(5000)}.ts }\n`);
    expect(long).toContain('does not exist');
  });
});

describe('payload schemas', () => {
  writeFileSync(
    path.join(root, 'good.json'),
    '{"type":"object","properties":{"at":{"type":"string","format":"date"}}}',
  );
  writeFileSync(path.join(root, 'not-json.json'), '{"type":');
  writeFileSync(path.join(root, 'list.json'), '[]');
  writeFileSync(path.join(root, 'unknown-type.json'), '{"type":"text"}');
  writeFileSync(path.join(root, 'misspelt.json'), '{"propertys":{}}');
  writeFileSync(path.join(root, 'elsewhere.json'), '{"$ref":"https://example.com/schema.json"}');
  writeFileSync(path.join(root, 'asynchronous.json'), '{"$async":true,"type":"object"}');
  writeFileSync(path.join(root, 'draft.json'), '{"$schema":"http://json-schema.org/draft-04/schema#"}');
  const schemaOf = (file: string) =>
    issuesOf(`name: n\nsources:\n  x: { provider: acme, forward: { queue: true }, payloadSchema: "${file}" }\n`);

  test('that compile are taken', () => expect(schemaOf('good.json')).toEqual([]));

  test.each<[string, string]>([
    ['gone.json', 'does not exist'],
    [path.join(root, 'good.json'), 'must lie inside the project, written relative to its root'],
    [`src/out/${outside}`, 'leads out of the project'],
    ['not-json.json', 'is not JSON: '],
    ['list.json', 'is no JSON Schema: it must be an object'],
    ['unknown-type.json', 'is no usable JSON Schema: '],
    ['misspelt.json', 'unknown keyword: "propertys"'],
    ['elsewhere.json', "can't resolve reference https://example.com/schema.json"],
    ['asynchronous.json', 'is asynchronous'],
    ['draft.json', 'no schema with key or ref "http://json-schema.org/draft-04/schema#"'],
  ])('%s', (file, expected) => {
    const [issue = '', ...others] = schemaOf(file);
    expect(others).toEqual([]);
    expect(issue).toContain(`w.yaml:3:65: payloadSchema "${file}" `);
    expect(issue).toContain(expected);
  });

  test('do nothing without a consumer, and that is said', () => {
    expect(issuesOf('name: n\nsources:\n  x: { provider: acme, payloadSchema: good.json }\n')).toEqual([
      expect.stringContaining('"payloadSchema" has no effect'),
    ]);
  });
});
