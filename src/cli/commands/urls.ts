import type { Command } from 'commander';
import { loadGuide } from '../../../providers/samples/index.ts';
import { HookportError } from '../../errors.ts';
import { secretVariable } from '../../secrets/variables.ts';
import { describeEntrance } from '../describe-entrance.ts';
import { type ConfigOption, loadProject, withConfig } from '../project.ts';
import { dataOption, findRunning } from '../running.ts';
import { printJson } from '../table.ts';

export function addUrls(program: Command): void {
  withConfig(program.command('urls'))
    .description('each source’s URL and the steps that register it at the provider')
    .addOption(dataOption())
    .option('--aws', 'of the stack that is deployed on AWS')
    .option('--json', 'print JSON')
    .action(async (options: ConfigOption & { data: string; aws?: true; json?: true }) => {
      const { plan } = await loadProject(options);
      const deployed = options.aws ? await urlsOnAws(plan.name) : undefined;
      const base = plan.domain ? `https://${plan.domain.name}` : localBase(options.data);
      const sources = await Promise.all(
        plan.sources.map(async (source) => {
          const { id, provider, route } = source;
          const url = deployed?.get(id) ?? `${base}${route.path}`;
          const guide = await loadGuide(provider);
          const setup = (guide?.setup ?? []).map((step) => step.replaceAll('{url}', url));
          return { id, provider, url, setup, letsIn: describeEntrance(source), signed: !source.unsigned };
        }),
      );
      if (options.json) return printJson(sources);
      for (const { id, url, setup, letsIn, signed } of sources) {
        console.log(`${id}  ${url}`);
        for (const [index, step] of setup.entries()) console.log(`  ${index + 1}. ${step}`);
        if (letsIn !== undefined) console.log(`  Lets in: ${letsIn}${signed ? '' : '\n'}`);
        if (!signed) continue;
        console.log(
          deployed
            ? `  The secret: hookport secret set ${id}\n`
            : `  Here, on one machine, the secret is ${secretVariable(id)} in the environment or in .env.\n`,
        );
      }
      if (!plan.domain && !deployed)
        console.log('These URLs are of this machine alone; a tunnel to the gateway’s port makes them public.');
    });
}

/** @throws HookportError `aws_unavailable` when the stack cannot be read, `usage` when there is none */
async function urlsOnAws(stack: string): Promise<Map<string, string>> {
  const { deployedUrls, readDeployedStack } = await import('../aws/deployed-stack.ts');
  const deployed = await readDeployedStack(stack);
  if (deployed) return deployedUrls(deployed);
  throw new HookportError('usage', `no stack ${stack} is deployed in this account and region: hookport deploy`);
}

/** The running gateway's address, or the one it would have. */
function localBase(dataFolder: string): string {
  try {
    return findRunning(dataFolder).gateway;
  } catch {
    return 'http://127.0.0.1:8080';
  }
}
