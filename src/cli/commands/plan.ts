import type { Command } from 'commander';
import { formatDuration } from '../../config/units.ts';
import { limitsOf, maxStackResources, resourcesOf, sourcesThatFit } from '../../plan/limits.ts';
import type { ConsumerPlan, SourcePlan } from '../../plan/plan.ts';
import { describeForwards } from '../describe-forward.ts';
import { describeEntrance } from '../describe-entrance.ts';
import { type ConfigOption, loadProject, withConfig } from '../project.ts';
import { facts, printJson, table } from '../table.ts';

export function addPlan(program: Command): void {
  withConfig(program.command('plan'))
    .description('what a deploy holds: routes, queues, mappings, and the limits that they use')
    .option('--json', 'print the whole plan as JSON')
    .action(async (options: ConfigOption & { json?: true }) => {
      const { plan } = await loadProject(options);
      const limits = limitsOf(plan);
      if (options.json) return printJson({ ...plan, limits });
      console.log(`${plan.name}${plan.domain ? ` at ${plan.domain.name}` : ''}\n`);
      for (const source of plan.sources) console.log(`${describe(source)}\n`);
      const rows = limits.map(({ name, used, limit }) => [name, `${used} of ${limit}`]);
      console.log(table([['LIMIT', 'USED'], ...rows]));
      console.log(`\nOne stack holds ${sourcesThatFit(plan)} sources like the largest of these.`);
    });
}

/** Where a worker runs it, and not a function. */
function describeWorker({ worker }: ConsumerPlan): string {
  if (!worker) return '';
  const { min, max } = worker.tasks;
  return `, in ${min} to ${max} containers on ECS`;
}

function describe(source: SourcePlan): string {
  const { route, queue, deadLetterQueue, consumer } = source;
  const entrance = describeEntrance(source);
  const { MessageAttributes } = route.requestParameters;
  const mapped = (kind: 'header' | 'querystring') =>
    [...MessageAttributes.matchAll(/\$\{request\.(header|querystring)\.([^}]+)\}/g)]
      .flatMap(([, found, name = '']) => (found === kind ? [name] : []))
      .join(', ');
  const query = mapped('querystring');
  const rows = [
    ['route', `${route.key}, ${route.throttle.rate} a second, ${route.throttle.burst} at once`],
    ...(entrance === undefined ? [] : [['lets in', entrance]]),
    ['body', route.requestParameters.MessageBody],
    ['headers kept', mapped('header') || 'none'],
    ...(query === '' ? [] : [['query kept', query]]),
    [
      'queue',
      `${queue.name}, keeps ${formatDuration(queue.retentionSeconds)}, ${queue.redrive?.maxReceiveCount} attempts`,
    ],
    ['dead letters', `${deadLetterQueue.name}, keeps ${formatDuration(deadLetterQueue.retentionSeconds)}`],
    [
      'consumer',
      consumer
        ? `${consumer.handler ?? 'forwards only'}, ${consumer.concurrency} at a time, ${formatDuration(consumer.timeoutSeconds)} each${describeWorker(consumer)}`
        : 'none here: you consume the queue, which holds unverified deliveries',
    ],
    ...describeForwards(consumer).map((place) => ['forwards to', place]),
    ...(consumer?.payloadSchema === undefined ? [] : [['payloads match', consumer.payloadSchema]]),
    ['secret', source.secret ? `${source.secret.name} in Secrets Manager` : 'none: its provider signs nothing'],
  ];
  rows.push(['resources', `${resourcesOf(source)} of the stack’s ${maxStackResources}`]);
  return `${source.id} (${source.provider})\n${facts(rows, '  ')}`;
}
