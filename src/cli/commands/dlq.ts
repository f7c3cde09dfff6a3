import type { Command } from 'commander';
import { providerOf } from '../../catalogue/registry.ts';
import {
  type DeadLetter,
  type DeadLetterContent,
  describeDeadLetter,
  isCalled,
  withoutContent,
} from '../../consumer/dead-letter.ts';
import type { PurgeReport } from '../../consumer/purge.ts';
import { HookportError } from '../../errors.ts';
import type { Explanation } from '../../local/explain-kept.ts';
import { escapeControls } from '../../terminal-text.ts';
import type { SourcePlan } from '../../plan/plan.ts';
import { type ConfigOption, findSource, loadProject, type Project, withConfig } from '../project.ts';
import { confirm } from '../prompts.ts';
import { askPlatform, dataOption, findRunning, sameProject } from '../running.ts';
import { createProgress } from '../progress.ts';
import { facts, printJson, table } from '../table.ts';
import { ago } from '../ago.ts';
import { defineRedrive } from './redrive.ts';
import { upTo } from '../number-option.ts';

interface Options extends ConfigOption {
  data: string;
  aws?: true;
  json?: true;
}

const awsHelp =
  'on AWS, with the credentials of the environment; a look is a receive there: what is looked at is invisible meanwhile';

/** What rests in the dead-letter queues, and why. Source queues are never looked into: there, a look costs an attempt. */
export function addDlq(program: Command): void {
  const dlq = program.command('dlq').description('what rests in a source’s dead-letter queue, and why');

  withConfig(dlq.command('list'))
    .description('its dead letters: reason, event type and id as the request claims them, attempts, age')
    .argument('<source>', 'its id in the configuration')
    .option('--limit <number>', 'how many at most, 1 to 1000', upTo(1000), 100)
    .addOption(dataOption())
    .option('--aws', awsHelp)
    .option('--json', 'print JSON')
    .action(async (id: string, options: Options & { limit: number }) => {
      const project = await loadProject(options);
      const source = findSource(project.plan, id);
      const letters = await (options.aws ? listThere(source, project, options.limit) : listHere(source, options));
      if (process.exitCode === 130) return;
      if (options.json) printJson(letters);
      else printList(letters, source.id, options);
    });

  withConfig(dlq.command('show'))
    .description(
      'one dead letter: headers without static credentials, body, and, on this machine, why it does not verify',
    )
    .argument('<source>', 'its id in the configuration')
    .argument('<id>', 'its delivery id, request id or message id')
    .addOption(dataOption())
    .option('--aws', awsHelp)
    .option('--json', 'print JSON')
    .action(async (sourceId: string, id: string, options: Options) => {
      const project = await loadProject(options);
      const source = findSource(project.plan, sourceId);
      const letter = await (options.aws ? showThere(source, project, id) : showHere(source, id, options));
      if (!letter) return;
      if (options.json) return printJson(letter);
      printLetter(letter);
      if (!options.aws) await printCauses(letter, options);
    });

  defineRedrive(dlq.command('redrive'));

  withConfig(dlq.command('purge'))
    .description('delete dead letters for good; asks first')
    .argument('<source>', 'its id in the configuration')
    .option('--reason <reason>', 'only those that rest for this reason, such as signature_mismatch')
    .option('--event-type <type>', 'only those that claim this event type')
    .option('--id <id...>', 'only these, by delivery id, request id or message id')
    .option('--all', 'all of them')
    .option('--dry-run', 'say how many it would be, and delete nothing')
    .option('--yes', 'do not ask')
    .addOption(dataOption())
    .option('--aws', 'on AWS, with the credentials of the environment')
    .option('--json', 'print the report as JSON')
    .action(purge);

  for (const command of dlq.commands) command.exitOverride().showHelpAfterError('(add --help for what it takes)');
}

interface PurgeOptions extends Options {
  reason?: string;
  eventType?: string;
  id?: string[];
  all?: true;
  dryRun?: true;
  yes?: true;
}

async function purge(id: string, options: PurgeOptions): Promise<void> {
  const project = await loadProject(options);
  const source = findSource(project.plan, id);
  const selected = [options.reason, options.eventType, options.id].some((each) => each !== undefined);
  if (selected === (options.all === true))
    throw new HookportError('usage', 'say which: --reason, --event-type or --id; or --all of them');
  const run = (dryRun: boolean, asOf?: string) => {
    const progress = createProgress(dryRun ? 'looking' : 'deleting', {
      quiet: true,
      leaves: leavesOf(options.aws === true, dryRun),
      heeds: options.aws === true,
    });
    return progress.around((_tell, signal) =>
      options.aws
        ? purgeThere(source, project, { ...options, dryRun, asOf, signal })
        : purgeHere(source, { ...options, dryRun, asOf }),
    );
  };
  const runAsked = async () => {
    const looked = await run(true);
    // Ctrl-C while it looked: there is no number to ask about.
    if (process.exitCode === 130) return undefined;
    // Nothing to ask about, so nothing is deleted: what came in since was not asked about either.
    if (looked.deleted === 0) return looked;
    await confirm(`Delete ${letters(looked.deleted)} of ${source.id} for good?`, {
      unasked: `add --yes to delete ${letters(looked.deleted)}`,
      declined: 'nothing was deleted',
    });
    return run(false, looked.asOf);
  };
  const asks = options.dryRun !== true && options.yes !== true;
  const report = await (asks ? runAsked() : run(options.dryRun === true));
  if (!report) return;
  if (options.json) printJson(report);
  else printPurge(report, source.id, options.dryRun === true);
  if (report.failed > 0) process.exitCode = 1;
}

function leavesOf(aws: boolean, dryRun: boolean): string {
  if (!aws) return dryRun ? 'nothing was deleted' : 'the platform goes on with it by itself: hookport status';
  const deleted = dryRun ? 'nothing was deleted' : 'some are deleted, the others rest';
  return `${deleted}; those that were looked at are invisible for 5 minutes or twice as long as this ran`;
}

const letters = (number: number) => (number === 1 ? 'one dead letter' : `${number} dead letters`);

type PurgeRun = Omit<PurgeOptions, 'dryRun'> & {
  dryRun: boolean;
  /** Of the dry run that was asked about. */
  asOf: string | undefined;
};

function purgeHere(
  { id: source }: SourcePlan,
  { data, reason, eventType, id: ids, all, dryRun, asOf }: PurgeRun,
): Promise<PurgeReport> {
  const body = { source, reason, eventType, ids, all, dryRun, asOf };
  return askPlatform<PurgeReport>(findRunning(data).api, '/api/dead-letters/purge', body);
}

async function purgeThere(
  source: SourcePlan,
  project: Project,
  { reason, eventType, id: ids, dryRun, asOf: time, signal }: PurgeRun & { signal: AbortSignal },
): Promise<PurgeReport> {
  const { purgeOnAws } = await import('../aws/purge-aws.ts');
  const asOf = time === undefined ? undefined : Date.parse(time);
  return purgeOnAws({ source, provider: providerOf(source, project), reason, eventType, ids, dryRun, asOf, signal });
}

function printPurge(report: PurgeReport, source: string, dryRun: boolean): void {
  const rows = [
    [dryRun ? 'would be deleted' : 'deleted', String(report.deleted)],
    ...(report.notSelected > 0 ? [['not selected, left', String(report.notSelected)]] : []),
    ...(report.newer > 0 ? [['came in meanwhile, left', String(report.newer)]] : []),
    ...(report.failed > 0 ? [['could not be deleted', String(report.failed)]] : []),
  ];
  console.log(`dead letters of ${source}`);
  console.log(facts(rows, '  '));
}

function listHere({ id }: SourcePlan, { data, limit }: Options & { limit: number }): Promise<DeadLetter[]> {
  const query = new URLSearchParams({ source: id, limit: String(limit) });
  return askPlatform<DeadLetter[]>(findRunning(data).api, `/api/dead-letters?${query.toString()}`);
}

function showHere({ id: source }: SourcePlan, id: string, { data }: Options): Promise<DeadLetterContent> {
  const query = new URLSearchParams({ source });
  const target = `/api/dead-letters/${encodeURIComponent(id)}?${query.toString()}`;
  return askPlatform<DeadLetterContent>(findRunning(data).api, target);
}

async function listThere(source: SourcePlan, project: Project, limit: number): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  await lookThrough(source, project, (letter) => letters.push(withoutContent(letter)) >= limit);
  return letters.toSorted((a, b) => b.restingSince.localeCompare(a.restingSince));
}

/** @returns undefined where Ctrl-C ended the search */
async function showThere(source: SourcePlan, project: Project, id: string): Promise<DeadLetterContent | undefined> {
  const found: DeadLetterContent[] = [];
  await lookThrough(source, project, (letter) => isCalled(letter, id) && found.push(letter) > 0);
  const [letter] = found;
  if (letter || process.exitCode === 130) return letter;
  throw new HookportError('usage', `no dead letter of ${source.id} that could be received has the id ${id}`);
}

async function lookThrough(
  source: SourcePlan,
  project: Project,
  visit: (letter: DeadLetterContent) => boolean,
): Promise<void> {
  const provider = providerOf(source, project);
  const { lookThroughDeadLetters } = await import('../aws/dead-letters-aws.ts');
  const progress = createProgress('looking', {
    quiet: true,
    leaves: 'those that were looked at are invisible for 30 seconds',
    heeds: true,
  });
  await progress.around((_tell, signal) =>
    lookThroughDeadLetters(
      source.deadLetterQueue.name,
      (message) => visit(describeDeadLetter(message, provider, source.verify)),
      signal,
    ),
  );
}

function printList(letters: readonly DeadLetter[], source: string, options: Options & { limit: number }): void {
  const { limit } = options;
  if (letters.length === 0) {
    console.log(`${source} has no dead letters.`);
    return;
  }
  const rows = letters.map((letter) => [
    letter.reason === 'unknown' && letter.kind === 'unknown' ? 'moved by the queue' : letter.reason,
    letter.eventType ?? '-',
    String(letter.attempts ?? '-'),
    ago(letter.restingSince),
    letter.deliveryId ?? letter.messageId,
  ]);
  const heads = ['REASON', 'EVENT TYPE', 'ATTEMPTS', 'AGE', 'ID'];
  console.log(table([heads, ...rows.map((row) => row.map(escapeControls))], '', { whole: heads.indexOf('ID') }));
  if (letters.length >= limit) console.log(`These are ${limit}; there may be more: --limit.`);
  const flag = sameProject(options);
  console.log(`\nOne of them: hookport dlq show ${source} ID${flag}. After the fix: hookport redrive ${source}${flag}`);
}

function printLetter(letter: DeadLetterContent): void {
  const { headers, query, body, ...rest } = letter;
  const rows = Object.entries(rest).map(([name, value]) => [name, escapeControls(String(value ?? '-'))]);
  console.log(facts(rows));
  printFields('headers', headers);
  if (Object.keys(query).length > 0) printFields('query parameters', query);
  console.log('\nbody');
  console.log(body.split('\n').map(escapeControls).join('\n'));
}

/** What the inspector shows beside it: what usually goes wrong was tried. Nothing where the journal no longer knows of it. */
async function printCauses({ kind, requestId }: DeadLetter, { data }: Options): Promise<void> {
  if (kind !== 'rejected' || requestId === null) return;
  const target = `/api/deliveries/${encodeURIComponent(requestId)}/verification`;
  const { findings } = await askPlatform<Pick<Explanation, 'findings'>>(findRunning(data).api, target).catch(() => ({
    findings: [],
  }));
  if (findings.length > 0) console.log('\nwhy it does not verify, the likeliest first');
  for (const { text, advice } of findings) console.log(`  ${escapeControls(text)}\n    → ${escapeControls(advice)}`);
}

function printFields(what: string, fields: Readonly<Record<string, string>>): void {
  console.log(`\n${what}, without static credentials`);
  console.log(
    facts(
      Object.entries(fields).map(([name, value]) => [name, escapeControls(value)]),
      '  ',
    ),
  );
}
