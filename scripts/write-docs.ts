import { readFile, writeFile } from 'node:fs/promises';
import { errorsPage } from './errors-page.ts';
import { providersPage } from './providers-page.ts';
import { withCommands } from './readme-commands.ts';

await writeFile(new URL('../docs/errors.md', import.meta.url), errorsPage());
await writeFile(new URL('../docs/providers.md', import.meta.url), await providersPage());

const readme = new URL('../README.md', import.meta.url);
await writeFile(readme, await withCommands(await readFile(readme, 'utf8')));
