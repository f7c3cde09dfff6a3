import type { Command } from 'commander';
import { loadGuide } from '../../../providers/samples/index.ts';
import { secretVariable } from '../../secrets/variables.ts';
import { type ConfigOption, loadProject, withConfig } from '../project.ts';
import { defaultDataFolder, findRunning } from '../running.ts';
import { printJson } from '../table.ts';

export function addUrls(program: Command): void {
  withConfig(program.command('urls'))
    .description('each source’s URL and the steps that register it at the provider')
    .option('--data <folder>', 'data folder of the running platform', defaultDataFolder)
    .option('--json', 'print JSON')
    .action(async (options: ConfigOption & { data: string; json?: true }) => {
      const { plan } = await loadProject(options);
      const base = plan.domain ? `https://${plan.domain.name}` : localBase(options.data);
      const sources = await Promise.all(
        plan.sources.map(async ({ id, provider, route }) => {
          const url = `${base}${route.path}`;
          const guide = await loadGuide(provider);
          return { id, provider, url, setup: (guide?.setup ?? []).map((step) => step.replaceAll('{url}', url)) };
        }),
      );
      if (options.json) return printJson(sources);
      for (const { id, url, setup } of sources) {
        console.log(`${id}  ${url}`);
        for (const [index, step] of setup.entries()) console.log(`  ${index + 1}. ${step}`);
        console.log(`  Here, on one machine, the secret is ${secretVariable(id)} in the environment or in .env.\n`);
      }
      if (!plan.domain)
        console.log('These URLs are of this machine alone; a tunnel to the gateway’s port makes them public.');
    });
}

/** The running gateway's address, or the one it would have. */
function localBase(dataFolder: string): string {
  try {
    return findRunning(dataFolder).gateway;
  } catch {
    return 'http://127.0.0.1:8080';
  }
}
