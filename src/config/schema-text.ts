import { configSchema } from './schema.ts';

/** The text of `webhooks.schema.json`, from which editors complete. `npm run schema` writes it. */
export function schemaText(): string {
  return `${JSON.stringify(configSchema, null, 2)}\n`;
}
