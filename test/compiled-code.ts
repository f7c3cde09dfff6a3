import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runAlone } from './cli/command-host/run-alone.ts';
import { TestProject } from './e2e/platform-process.ts';

/**
 * Has what Node strips and compiles for a platform and for the command line kept before the first test, where none of it is
 * kept yet, as after `npm ci`. A process keeps it when it ends well: most platforms of tests are killed, and the hosts of
 * commands end with the run, so that many processes would each do it again, which is half of their start.
 */
export async function keepCompiledCode(): Promise<void> {
  const cache = process.env['NODE_COMPILE_CACHE'];
  if (cache === undefined) return;
  const mark = join(cache, 'kept-for-tests');
  if (existsSync(mark)) return;
  const project = new TestProject('  github: { provider: github, handler: test/fixtures/handlers/note-effects.ts }\n');
  const help = { args: ['--help'], environment: process.env, folder: process.cwd(), input: '' };
  const [platform] = await Promise.all([project.start({}), runAlone(help)]);
  await platform.stop();
  project.remove();
  writeFileSync(mark, '');
}
