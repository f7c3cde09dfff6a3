import type { Command } from 'commander';
import { type OutcomeKind, outcomeKinds } from '../../delivery/outcome.ts';
import { HookportError } from '../../errors.ts';
import { type ConfigOption, loadProject, withConfig } from '../project.ts';
import { askPlatform, dataOption, findRunning } from '../running.ts';
import { printJson, table } from '../table.ts';

interface Options extends ConfigOption {
  data: string;
  aws?: true;
  json?: true;
}

/** One source; on AWS the outcomes stand in CloudWatch instead. */
interface Status {
  id: string;
  provider: string;
  queue: { waiting: number; inFlight: number; deadLettered: number };
  outcomes?: Readonly<Record<OutcomeKind, number>>;
}

export function addStatus(program: Command): void {
  withConfig(program.command('status'))
    .description(
      'every source at a glance: what waits, is in flight and rests as a dead letter; on one machine, outcomes too',
    )
    .addOption(dataOption())
    .option('--aws', 'on AWS, with the credentials of the environment; the numbers are SQS’s approximate ones')
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      const statuses = await (options.aws ? statusThere(options) : statusHere(options));
      if (options.json) printJson(statuses);
      else print(statuses);
    });
}

function statusHere({ data }: Options): Promise<Status[]> {
  return askPlatform<Status[]>(findRunning(data).api, '/api/sources');
}

async function statusThere(options: Options): Promise<Status[]> {
  const { plan } = await loadProject(options);
  const { depthsOnAws } = await import('../aws/depths.ts');
  const depths = await depthsOnAws(plan.sources);
  return plan.sources.map(({ id, provider }) => {
    const queue = depths.get(id);
    if (!queue) throw new HookportError('internal', `no depths of ${id}`);
    return { id, provider, queue };
  });
}

function print(statuses: readonly Status[]): void {
  const withOutcomes = statuses.some(({ outcomes }) => outcomes);
  const titles = ['SOURCE', 'PROVIDER', 'WAITING', 'IN FLIGHT', 'DEAD LETTERS'];
  const rows = statuses.map(({ id, provider, queue, outcomes }) => [
    id,
    provider,
    ...[queue.waiting, queue.inFlight, queue.deadLettered].map(String),
    ...(withOutcomes ? outcomeKinds.map((kind) => String(outcomes?.[kind] ?? 0)) : []),
  ]);
  console.log(table([[...titles, ...(withOutcomes ? outcomeKinds.map((kind) => kind.toUpperCase()) : [])], ...rows]));
  for (const { id, queue } of statuses)
    if (queue.deadLettered > 0) console.log(`Why they rest: hookport dlq list ${id}`);
}
