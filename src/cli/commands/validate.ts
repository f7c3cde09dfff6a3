import type { Command } from 'commander';
import { ConfigIssues, loadProject, withConfig, type ConfigOption } from '../project.ts';
import { printJson } from '../table.ts';

export function addValidate(program: Command): void {
  withConfig(program.command('validate'))
    .description('check the configuration and list every mistake with its place')
    .option('--json', 'print the issues as JSON')
    .action(async (options: ConfigOption & { json?: true }) => {
      try {
        const { plan } = await loadProject(options);
        if (options.json) printJson({ ok: true, issues: [] });
        else
          console.log(
            `${options.config}: no mistakes, ${plan.sources.length} source(s): ${plan.sources.map(({ id }) => id).join(', ')}`,
          );
      } catch (error) {
        if (!(error instanceof ConfigIssues) || !options.json) throw error;
        printJson({ ok: false, issues: error.issues });
        process.exitCode = 1;
      }
    });
}
