import type { Command } from 'commander';
import { providerOf } from '../../catalogue/registry.ts';
import type { RedriveReport } from '../../consumer/redrive.ts';
import type { SourceState } from '../../local/api/sources.ts';
import type { SourcePlan } from '../../plan/plan.ts';
import { type ConfigOption, findSource, loadProject, type Project, withConfig } from '../project.ts';
import { askPlatform, dataOption, findRunning } from '../running.ts';
import { createProgress, type TellProgress, whileWaiting } from '../progress.ts';
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
  defineRedrive(program.command('redrive'));
}

/** `redrive`, which is `dlq redrive` too. */
export function defineRedrive(command: Command): void {
  withConfig(command)
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
      const progress = createProgress('redriving', {
        quiet: options.json === true,
        leaves: leavesOf(options),
        heeds: options.aws === true,
      });
      const report = await progress.around((tell, signal) =>
        options.aws ? redriveThere(source, project, { ...options, signal }, tell) : redriveHere(source, options, tell),
      );
      if (options.json) printJson(report);
      else print(report, source.id, options.dryRun === true);
      if (report.failed > 0) process.exitCode = 1;
    });
}

function leavesOf({ aws, dryRun }: Options): string {
  if (!aws) return dryRun ? 'nothing was moved' : 'the platform goes on with it by itself: hookport status';
  const moved = dryRun ? 'nothing was moved' : 'some went back, the others rest';
  return `${moved}; those that were looked at are invisible for 5 minutes or twice as long as this ran`;
}

async function redriveHere(
  { id: source }: SourcePlan,
  { data, reason, id: ids, dryRun }: Options,
  tell: TellProgress,
): Promise<RedriveReport> {
  const { api } = findRunning(data);
  const before = (await depthsHere(api, source)).deadLettered;
  const asked = askPlatform<RedriveReport>(api, '/api/redrive', { source, reason, ids, dryRun });
  // A redrive is one request; what it has done meanwhile shows in the queue.
  const watch = async () => tell(before - (await depthsHere(api, source)).deadLettered, before);
  return whileWaiting(asked, watch);
}

async function depthsHere(api: string, source: string): Promise<SourceState['queue']> {
  const sources = await askPlatform<SourceState[]>(api, '/api/sources');
  return sources.find(({ id }) => id === source)?.queue ?? { waiting: 0, inFlight: 0, deadLettered: 0 };
}

async function redriveThere(
  source: SourcePlan,
  project: Project,
  { reason, id: ids, dryRun, signal }: Options & { signal: AbortSignal },
  tell: TellProgress,
): Promise<RedriveReport> {
  const [{ redriveOnAws }, { depthsOnAws }] = await Promise.all([
    import('../aws/redrive-aws.ts'),
    import('../aws/depths.ts'),
  ]);
  const total = (await depthsOnAws([source])).get(source.id)?.deadLettered ?? 0;
  return redriveOnAws({
    source,
    provider: providerOf(source, project),
    reason,
    ids,
    dryRun,
    signal,
    progress: ({ moved, skipped, notSelected, failed }) =>
      tell(moved + notSelected + failed + Object.values(skipped).reduce((sum, each) => sum + each, 0), total),
  });
}

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
