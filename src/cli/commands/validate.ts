import type { Command } from 'commander';
import { catalogue } from '../../../providers/index.ts';
import { catalogueIssues } from '../provider-mistakes.ts';
import { ConfigIssues, loadProject, withConfig, type ConfigOption } from '../project.ts';
import { printJson } from '../table.ts';

export function addValidate(program: Command): void {
  withConfig(program.command('validate'))
    .description('check the configuration and list every mistake with its place')
    .option('--json', 'print the issues as JSON')
    .action(async (options: ConfigOption & { json?: true }) => {
      try {
        const issues = catalogueIssues(catalogue);
        if (issues.length > 0) throw new ConfigIssues(issues);
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
