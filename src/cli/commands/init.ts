import { existsSync, renameSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { HookportError } from '../../errors.ts';
import { builtInProviders, type ConfigOption, findProvider, projectRoot, withConfig } from '../project.ts';
import { askSome, askText, askYesNo, canAsk } from '../prompts.ts';
import { draftSource } from '../setup/draft-source.ts';
import { newYaml } from '../setup/new-yaml.ts';
import { describeNextSteps } from '../setup/next-steps.ts';
import type { SourceEntry } from '../setup/source-entry.ts';
import { asUnwritable, writeSources } from '../setup/write-sources.ts';

interface Options extends ConfigOption {
  name?: string;
  providers?: string;
  yes?: true;
}

export function addInit(program: Command): void {
  withConfig(program.command('init'))
    .description('begin: asks which providers, writes the YAML, a handler for each and .env')
    .option('--name <name>', 'stack name and prefix of every resource')
    .option('--providers <ids>', 'such as github,stripe')
    .option('--yes', 'ask nothing; a configuration that exists is kept beside the new one')
    .addHelpText('after', '\nHandlers and .env entries that exist are kept. `hookport add` adds one more source later.')
    .action(init);
}

async function init(options: Options): Promise<void> {
  const ask = canAsk() && options.yes !== true;
  const exists = existsSync(path.resolve(options.config));
  if (exists) await confirmReplacing(options, ask);
  const name = await chooseName(options.name, ask);
  const entries: SourceEntry[] = [];
  for (const id of await chooseProviders(options.providers, ask))
    entries.push(await draftSource(findProvider(id, builtInProviders), id, { config: options.config }, ask));
  const text = newYaml(name, entries);
  const kept = exists ? keepAside(options.config) : undefined;
  try {
    const written = await writeSources({
      root: projectRoot,
      file: options.config,
      text,
      entries,
      providers: builtInProviders,
    });
    if (kept !== undefined) console.log(`kept ${options.config} as ${kept}`);
    console.log(
      await describeNextSteps(
        written,
        entries.map(({ id }) => id),
        options.config,
      ),
    );
  } catch (error) {
    if (kept !== undefined) renameSync(kept, path.resolve(options.config));
    throw error;
  }
}

async function confirmReplacing({ config, yes }: Options, ask: boolean): Promise<void> {
  if (yes) return;
  if (!ask)
    throw new HookportError(
      'usage',
      `${config} exists; --yes writes a new one and keeps this beside it, \`hookport add\` adds to it`,
    );
  if (!(await askYesNo(`${config} exists. Write a new one and keep this beside it?`)))
    throw new HookportError('cancelled', 'nothing was done; to add one source: hookport add <provider>');
}

const namePattern = /^[a-z][a-z0-9-]{0,39}$/;
const nameProblem = (text: string) =>
  namePattern.test(text) ? undefined : 'lower-case letters, digits and hyphens, 40 at most, a letter first';

async function chooseName(given: string | undefined, ask: boolean): Promise<string> {
  const problem = given === undefined ? undefined : nameProblem(given);
  if (problem !== undefined) throw new HookportError('usage', `--name must be ${problem}`);
  if (given !== undefined) return given;
  if (!ask) return 'webhooks';
  return askText({
    message: 'A name for the whole: stack name and prefix of every resource',
    initialValue: 'webhooks',
    problem: nameProblem,
  });
}

async function chooseProviders(given: string | undefined, ask: boolean): Promise<readonly string[]> {
  if (given !== undefined) {
    const ids = [
      ...new Set(
        given
          .split(',')
          .map((id) => id.trim())
          .filter(Boolean),
      ),
    ];
    if (ids.length > 0) return ids;
  }
  if (given !== undefined || !ask)
    throw new HookportError('usage', 'which providers? --providers github,stripe (`hookport providers` lists them)');
  const { catalogue } = builtInProviders;
  const direct = catalogue.ids().flatMap((id) => {
    const provider = catalogue.get(id);
    return provider && provider.direct?.supported !== false ? [{ value: id, label: provider.name, hint: id }] : [];
  });
  return askSome('Whose webhooks do you take in?', direct);
}

/** Moves a file aside, under a name that nothing has yet. @returns its new name */
function keepAside(file: string): string {
  for (let number = 1; ; number++) {
    const aside = `${file}.old${number === 1 ? '' : number}`;
    if (existsSync(path.resolve(aside))) continue;
    try {
      renameSync(path.resolve(file), path.resolve(aside));
    } catch (error) {
      throw asUnwritable(error);
    }
    return aside;
  }
}
