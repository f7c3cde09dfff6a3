import type { Command } from 'commander';
import type { RedriveReport } from '../../consumer/redrive.ts';
import type { SourcePlan } from '../../plan/plan.ts';
import { type ConfigOption, findSource, loadProject, type Project, providerOf, withConfig } from '../project.ts';
import { askPlatform, dataOption, findRunning } from '../running.ts';
import { facts, printJson } from '../table.ts';

interface Options extends ConfigOption {
  reason?: string;
  id?: string[];
  dryRun?: true;
  data: string;
  aws?: true;
  json?: true;
}

export function addRedrive(program: Command): void {
  withConfig(program.command('redrive'))
    .description('verify a source’s dead letters again and send those that pass back to its queue')
    .argument('<source>', 'its id in the configuration')
    .option('--reason <reason>', 'only those that rest for this reason, such as signature_mismatch')
    .option('--id <id...>', 'only these, by delivery id, request id or message id')
    .option('--dry-run', 'say what would be done, and move nothing')
    .addOption(dataOption())
    .option('--aws', 'on AWS, with the credentials of the environment')
    .option('--json', 'print the report as JSON')
    .action(async (id: string, options: Options) => {
      const project = await loadProject(options);
      const source = findSource(project.plan, id);
      const report = await (options.aws ? redriveThere(source, project, options) : redriveHere(source, options));
      if (options.json) printJson(report);
      else print(report, source.id, options.dryRun === true);
      if (report.failed > 0) process.exitCode = 1;
    });
}

function redriveHere({ id: source }: SourcePlan, { data, reason, id: ids, dryRun }: Options): Promise<RedriveReport> {
  const { api } = findRunning(data);
  return askPlatform<RedriveReport>(api, '/api/redrive', { source, reason, ids, dryRun });
}

async function redriveThere(
  source: SourcePlan,
  project: Project,
  { reason, id: ids, dryRun }: Options,
): Promise<RedriveReport> {
  const { redriveOnAws } = await import('../aws/redrive-aws.ts');
  return redriveOnAws({ source, provider: providerOf(source, project), reason, ids, dryRun, log: warningsOnly });
}

const quiet = () => undefined;
const warn = (message: string) => console.error(message);
const warningsOnly = { debug: quiet, info: quiet, warn, error: warn };

function print(report: RedriveReport, source: string, dryRun: boolean): void {
  const skipped = Object.entries(report.skipped);
  const rows = [
    [dryRun ? 'would go back' : 'sent back', String(report.moved)],
    ...skipped.map(([reason, count]) => [`still refused: ${reason}`, String(count)]),
    ...(report.notSelected > 0 ? [['not selected', String(report.notSelected)]] : []),
    ...(report.newer > 0 ? [['came in meanwhile, left', String(report.newer)]] : []),
    ...(report.failed > 0 ? [['could not be moved', String(report.failed)]] : []),
  ];
  console.log(`dead letters of ${source}`);
  console.log(facts(rows, '  '));
  if (skipped.length > 0) console.log('Those still refused rest where they are: check the secret, then redrive again.');
}
