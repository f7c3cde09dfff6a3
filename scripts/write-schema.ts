import { writeFile } from 'node:fs/promises';
import { schemaText } from '../src/config/schema-text.ts';

await writeFile(new URL('../webhooks.schema.json', import.meta.url), schemaText());
