import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { HookportError } from '../../errors.ts';
import { type ConfigOption, findProvider, loadProject, projectRoot, withConfig } from '../project.ts';
import { canAsk } from '../prompts.ts';
import { addToYaml } from '../setup/add-to-yaml.ts';
import { addCommand, type DraftOptions, draftSource } from '../setup/draft-source.ts';
import { describeNextSteps } from '../setup/next-steps.ts';
import { writeSources } from '../setup/write-sources.ts';

export function addAdd(program: Command): void {
  withConfig(program.command('add'))
    .description('add a source: edits the YAML, writes a handler to begin with, prints what to do at the provider')
    .argument('<provider>', 'who sends (`hookport providers` lists them)')
    .argument('[id]', 'the source’s id, which becomes its path (default: the provider’s)')
    .option('--verify <way>', 'which of the provider’s ways of signing (default: its first)')
    .option('--public-url <url>', 'the URL exactly as you type it at the provider; for those that sign it')
    .option('--unverified', 'take what anyone posts; for a provider that signs nothing')
    .option('--no-handler', 'write none: you consume the source’s queue yourself')
    .addHelpText('after', '\nComments and layout of the YAML stay as they are; a handler that exists is kept.')
    .action(add);
}

async function add(providerId: string, id: string | undefined, options: ConfigOption & DraftOptions): Promise<void> {
  const project = await loadProject(options);
  const provider = findProvider(providerId, project);
  const wanted = id ?? provider.id;
  if (project.plan.sources.some((source) => source.id === wanted))
    throw new HookportError(
      'usage',
      `there is a source "${wanted}" already; give this one an id of its own: ${addCommand(provider, `${wanted}-2`, options)}`,
    );
  const entry = await draftSource(provider, wanted, options, canAsk());
  const text = addToYaml(readFileSync(path.resolve(options.config), 'utf8'), [entry]);
  const written = await writeSources({
    root: projectRoot,
    file: options.config,
    text,
    entries: [entry],
    providers: project,
  });
  console.log(await describeNextSteps(written, [wanted], options.config));
}
