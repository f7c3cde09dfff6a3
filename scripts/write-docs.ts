import { writeFile } from 'node:fs/promises';
import { errorsPage } from './errors-page.ts';
import { providersPage } from './providers-page.ts';

await writeFile(new URL('../docs/errors.md', import.meta.url), errorsPage());
await writeFile(new URL('../docs/providers.md', import.meta.url), await providersPage());
