import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { schemaText } from '../../src/config/schema-text.ts';

test('webhooks.schema.json is the schema that the configuration is checked against; `npm run schema` writes it', () => {
  expect(readFileSync(new URL('../../webhooks.schema.json', import.meta.url), 'utf8')).toBe(schemaText());
});
