import type { Command } from 'commander';
import { runCdk } from '../aws/cdk.ts';
import { type ConfigOption, loadProject, withConfig } from '../project.ts';

/** `diff`, `synth` and `destroy`: the CDK CLI's own, on this configuration. */
export function addCdkCommands(program: Command): void {
  for (const [name, { description, own }] of Object.entries(commands)) {
    withConfig(program.command(name))
      .description(description)
      .argument('[cdk-arguments...]', 'after --: for the CDK CLI, such as -- --profile staging')
      .action(async (cdkArguments: string[], options: ConfigOption) => {
        const { plan } = await loadProject(options);
        if ((await runCdk([name, plan.name, ...own, ...cdkArguments], options.config)) !== 0) process.exitCode = 1;
      });
  }
}

const commands = {
  // As the deploy that it announces: what a removed source left is taken up again.
  diff: { description: 'compare the stack with what is deployed on AWS', own: ['--import-existing-resources'] },
  synth: { description: 'print the CloudFormation template', own: [] },
  destroy: { description: 'delete the stack from AWS; queues and secrets stay, with what is in them', own: [] },
};
