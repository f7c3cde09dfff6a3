import { styleText } from 'node:util';
import type { Command } from 'commander';
import { type OutcomeKind, outcomeKinds } from '../../delivery/outcome.ts';
import type { Activity } from '../../local/api/activity.ts';
import type { SourceState } from '../../local/api/sources.ts';
import { ago } from '../ago.ts';
import { type ConfigOption, loadProject, withConfig } from '../project.ts';
import { askPlatform, dataOption, findRunning, sameProject } from '../running.ts';
import type { SourceStatus } from '../source-status.ts';
import { printJson, table } from '../table.ts';

interface Options extends ConfigOption {
  data: string;
  aws?: true;
  json?: true;
}

export function addStatus(program: Command): void {
  withConfig(program.command('status'))
    .description(
      'every source at a glance: what waits and how long, dead letters, pauses, the last hour, the last delivery',
    )
    .addOption(dataOption())
    .option(
      '--aws',
      'on AWS, with the credentials of the environment; the numbers of queues are SQS’s approximate ones',
    )
    .option('--json', 'print JSON')
    .addHelpText('after', `\n${legend}`)
    .action(async (options: Options) => {
      const statuses = await (options.aws ? statusThere(options) : statusHere(options));
      if (options.json) printJson(statuses);
      else print(statuses, options);
    });
}

const legend = `STATE    consumed; paused, since when; yours, where you consume the queue yourself; worker, where
         containers on ECS do; ? where AWS did not say
WAITING  to be taken in hand
IN FLIGHT
         in hand, or failed and put off until the next attempt: a queue tells no difference
OLDEST   how long the oldest of what waits or is in flight has been there
LAST     how long ago the last delivery came; on AWS within the last day`;

async function statusHere({ data }: Options): Promise<SourceStatus[]> {
  const { api } = findRunning(data);
  const [sources, activity] = await Promise.all([
    askPlatform<SourceState[]>(api, '/api/sources'),
    askPlatform<Activity>(api, '/api/activity'),
  ]);
  return sources.map(({ id, provider, consumed, pausedSince, queue, oldest, outcomes }) => {
    const recent = activity.sources.find((each) => each.id === id);
    const sum = (kind: OutcomeKind) => (recent?.outcomes[kind] ?? []).reduce((total, each) => total + each, 0);
    return {
      id,
      provider,
      consumed,
      paused: pausedSince !== null,
      pausedSince,
      queue,
      oldest,
      lastReceivedAt: recent?.lastReceivedAt ?? null,
      lastHour: Object.fromEntries(outcomeKinds.map((kind) => [kind, sum(kind)])) as Record<OutcomeKind, number>,
      outcomes,
    };
  });
}

async function statusThere(options: Options): Promise<SourceStatus[]> {
  const { plan } = await loadProject(options);
  const { statusOnAws } = await import('../aws/status-aws.ts');
  return statusOnAws(plan, (problem) => console.error(`hookport: ${problem}`));
}

function print(statuses: readonly SourceStatus[], options: Options): void {
  const heads = ['SOURCE', 'STATE', 'WAITING', 'IN FLIGHT', 'DEAD', 'OLDEST', 'LAST', 'LAST HOUR'];
  const rows = statuses.map((status) => [
    status.id,
    stateOf(status),
    String(status.queue.waiting),
    String(status.queue.inFlight),
    status.queue.deadLettered > 0 ? styleText('yellow', String(status.queue.deadLettered)) : '0',
    ago(status.oldest),
    ago(status.lastReceivedAt),
    lastHourOf(status),
  ]);
  console.log(table([heads, ...rows], '', { whole: heads.indexOf('SOURCE') }));
  const flag = sameProject(options);
  for (const { id, queue, paused } of statuses) {
    if (queue.deadLettered > 0) console.log(`Why they rest: hookport dlq list ${id}${flag}`);
    if (paused === true) console.log(`To hand over what waits: hookport resume ${id}${flag}`);
  }
}

function stateOf({ consumed, worker, paused, pausedSince }: SourceStatus): string {
  if (!consumed) return 'yours';
  if (worker) return 'worker';
  if (paused === null) return '?';
  if (!paused) return 'consumed';
  return styleText('yellow', pausedSince === null ? 'paused' : `paused ${ago(pausedSince)}`);
}

function lastHourOf({ consumed, lastHour }: SourceStatus): string {
  if (!consumed) return '-';
  if (lastHour === null) return '?';
  const parts = outcomeKinds.flatMap((kind) => (lastHour[kind] > 0 ? [`${lastHour[kind]} ${kind}`] : []));
  return parts.join(', ') || 'nothing';
}
