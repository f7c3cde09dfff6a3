import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { schemaText } from '../../src/config/schema-text.ts';

test('webhooks.schema.json is the schema that the configuration is checked against; `npm run schema` writes it', () => {
  expect(readFileSync(new URL('../../webhooks.schema.json', import.meta.url), 'utf8')).toBe(schemaText());
});

test('the schema is a valid one, which no command checks again', () => {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true });
  expect(ajv.validateSchema(configSchema) || ajv.errorsText()).toBe(true);
  expect(ajv.validateSchema({ ...configSchema, required: 'name' })).toBe(false);
});
