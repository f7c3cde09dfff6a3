import type { Command } from 'commander';
import { HookportError } from '../../errors.ts';
import type { SourcePlan } from '../../plan/plan.ts';
import { secretVariable } from '../../secrets/variables.ts';
import { connectionOf, describeConnection } from '../connect-steps.ts';
import { type ConfigOption, loadProject, withConfig } from '../project.ts';
import { dataOption, localBase, sameProject } from '../running.ts';
import { printJson } from '../table.ts';

export function addUrls(program: Command): void {
  withConfig(program.command('urls'))
    .description('each source’s URL and the steps that register it at the provider')
    .addOption(dataOption())
    .option('--aws', 'of the stack that is deployed on AWS')
    .option('--json', 'print JSON')
    .action(async (options: ConfigOption & { data: string; aws?: true; json?: true }) => {
      const project = await loadProject(options);
      const { plan } = project;
      const deployed = options.aws ? await urlsOnAws(plan.name) : undefined;
      const base = plan.domain ? `https://${plan.domain.name}` : localBase(options.data);
      const urlOf = ({ id, route }: SourcePlan) => (deployed ? deployed.get(id) : `${base}${route.path}`);
      const connections = plan.sources.map(async (source) => {
        const url = urlOf(source);
        return url === undefined ? [] : [await connectionOf(source, url, project)];
      });
      const sources = (await Promise.all(connections)).flat();
      const missing = plan.sources.filter((source) => urlOf(source) === undefined).map(({ id }) => id);
      if (missing.length > 0)
        console.error(`hookport: not deployed yet: ${missing.join(', ')}; first: hookport deploy`);
      if (options.json) return printJson(sources);
      for (const source of sources)
        console.log(
          describeConnection(
            source,
            deployed
              ? `The secret: hookport secret set ${source.id}${sameProject({ config: options.config })}`
              : `Here, on one machine, the secret is ${secretVariable(source.id)} in the environment or in .env.`,
          ),
        );
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
