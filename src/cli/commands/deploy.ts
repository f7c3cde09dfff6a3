import { parseArgs } from 'node:util';
import type { Command } from 'commander';
import { HookportError } from '../../errors.ts';
import type { Plan } from '../../plan/plan.ts';
import type { DeployedStack } from '../aws/deployed-stack.ts';
import type { LeftBehind } from '../aws/left-behind.ts';
import { runCdk } from '../aws/cdk.ts';
import { smokeTest } from '../aws/smoke-test.ts';
import { type ConfigOption, loadProject, withConfig } from '../project.ts';
import { confirm } from '../prompts.ts';
import { sameProject } from '../running.ts';
import { facts } from '../table.ts';

export function addDeploy(program: Command): void {
  withConfig(program.command('deploy'))
    .description(
      'deploy the stack to AWS; asks before a URL stops serving or a queue keeps for less long, and tries each URL afterwards',
    )
    .option('--yes', 'do not ask')
    .option('--doctor', 'with routes and a queue for `hookport doctor`; the next deploy without it takes them away')
    .argument('[cdk-arguments...]', 'after --: for the CDK CLI, such as -- --profile staging')
    .action(async (cdkArguments: string[], options: ConfigOption & { yes?: true; doctor?: true }) => {
      const { plan } = await loadProject(options);
      askWhereCdkDeploys(cdkArguments);
      const { readDeployedStack } = await import('../aws/deployed-stack.ts');
      const stack = await readDeployedStack(plan.name);
      const left = await whatWasLeft(stack, plan);
      await confirmLosses({ stack, left, plan }, options.yes === true);
      if (!(await takeUpWhatWasLeft(left, plan.name, options.config))) {
        process.exitCode = 1;
        return;
      }
      const own = [
        'deploy',
        plan.name,
        ...(options.yes ? ['--require-approval', 'never'] : []),
        ...(options.doctor ? ['--context', 'doctor=true'] : []),
      ];
      const code = await runCdk([...own, ...cdkArguments], options.config);
      if (code !== 0) {
        process.exitCode = 1;
        return;
      }
      await tryUrls(plan, sameProject(options));
    });
}

/** A profile that is given to the CDK CLI alone would leave us asking another account. */
function askWhereCdkDeploys(cdkArguments: string[]): void {
  const { values } = parseArgs({ args: cdkArguments, options: { profile: { type: 'string' } }, strict: false });
  if (typeof values.profile === 'string') process.env['AWS_PROFILE'] = values.profile;
}

interface Deploying {
  /** Undefined before the first deploy. */
  stack: DeployedStack | undefined;
  /** What an earlier deploy left, by its name. */
  left: ReadonlyMap<string, LeftBehind>;
  plan: Plan;
}

/** A URL that is registered at a provider and stops serving loses deliveries, and so does a queue that keeps them for less long. */
async function confirmLosses({ stack, left, plan }: Deploying, yes: boolean): Promise<void> {
  const { refuseMovedPaths, stopsServing } = await import('../aws/stops-serving.ts');
  const { keepsLessLong } = await import('../aws/keeps-less-long.ts');
  if (stack) refuseMovedPaths(stack, plan);
  const retentions = new Map(stack?.retentions);
  for (const [name, { settings }] of left) retentions.set(name, settings.MessageRetentionPeriod ?? 0);
  const losses = [
    [
      'These are deployed and will stop serving; their providers lose what they send there:',
      stack ? stopsServing(stack, plan) : [],
    ],
    ['These queues will keep for less long, and SQS deletes what is older by now:', keepsLessLong(retentions, plan)],
  ] as const;
  if (yes || losses.every(([, what]) => what.length === 0)) return;
  for (const [title, what] of losses) if (what.length > 0) console.log([title, ...what].join('\n  '));
  await confirm('Deploy all the same?', {
    unasked: 'add --yes if these may go',
    declined: 'nothing was deployed',
  });
}

/** Queues and secrets outlive their source. */
async function whatWasLeft(stack: DeployedStack | undefined, plan: Plan): Promise<Map<string, LeftBehind>> {
  const { findLeftBehind } = await import('../aws/left-behind.ts');
  return findLeftBehind(plan, stack).catch((error: unknown) => {
    if (!(error instanceof HookportError) || error.code !== 'aws_unavailable') throw error;
    // Who may deploy need not be allowed to ask; CloudFormation then refuses a name that is taken.
    console.error(`hookport: ${error.message}`);
    return new Map<string, LeftBehind>();
  });
}

/** A source that comes back takes up those that it left. @returns whether it could */
async function takeUpWhatWasLeft(left: Deploying['left'], stack: string, config: string): Promise<boolean> {
  if (left.size === 0) return true;
  console.log(
    `An earlier deploy left these, with what is in them; the stack takes them up: ${[...left.keys()].join(', ')}`,
  );
  const { takeUp } = await import('../aws/take-up.ts');
  return (await takeUp(left, stack, config)) === 0;
}

/** @param flags What commands need to mean the same project. */
async function tryUrls(plan: Plan, flags: string): Promise<void> {
  const { deployedUrls, readDeployedStack } = await import('../aws/deployed-stack.ts');
  const stack = await readDeployedStack(plan.name);
  const authorized = new Set(plan.sources.filter(({ route }) => route.authorize).map(({ id }) => id));
  const results = await smokeTest(stack ? deployedUrls(stack) : new Map(), { authorized });
  console.log(facts(results.map(({ source, url, ok, meaning }) => [ok ? 'ok' : 'NOT OK', source, url, meaning])));
  console.log(
    `\nThe steps that register each URL: hookport urls --aws${flags}. The secrets: hookport secret set <source>${flags}`,
  );
  if (results.some(({ ok }) => !ok)) process.exitCode = 1;
}
