import { readFile, writeFile } from 'node:fs/promises';
import { withChaosResults } from './chaos-results.ts';
import { withCosts } from './cost/tables.ts';
import { errorsPage } from './errors-page.ts';
import { providersPage } from './providers-page.ts';
import { withCommands } from './readme-commands.ts';
import { withFigures } from './readme-figures.ts';

await writeFile(new URL('../docs/errors.md', import.meta.url), errorsPage());
await writeFile(new URL('../docs/providers.md', import.meta.url), await providersPage());

const readme = new URL('../README.md', import.meta.url);
await writeFile(readme, withFigures(await withCommands(await readFile(readme, 'utf8'))));

const deploy = new URL('../docs/deploy.md', import.meta.url);
await writeFile(deploy, withCosts(await readFile(deploy, 'utf8')));

const guarantees = new URL('../docs/guarantees.md', import.meta.url);
await writeFile(guarantees, withChaosResults(await readFile(guarantees, 'utf8')));
