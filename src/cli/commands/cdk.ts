import type { Command } from 'commander';
import { runCdk } from '../aws/cdk.ts';
import { type ConfigOption, loadProject, withConfig } from '../project.ts';

/** `diff`, `synth` and `destroy`: the CDK CLI's own, on this configuration. */
export function addCdkCommands(program: Command): void {
  for (const [name, { description }] of Object.entries(commands)) {
    withConfig(program.command(name))
      .description(description)
      .argument('[cdk-arguments...]', 'after --: for the CDK CLI, such as -- --profile staging')
      .action(async (cdkArguments: string[], options: ConfigOption) => {
        const { plan } = await loadProject(options);
        if ((await runCdk([name, plan.name, ...cdkArguments], options.config)) !== 0) process.exitCode = 1;
      });
  }
}

const commands = {
  diff: { description: 'compare the stack with what is deployed on AWS' },
  synth: { description: 'print the CloudFormation template' },
  destroy: { description: 'delete the stack from AWS; queues and secrets stay, with what is in them' },
};
