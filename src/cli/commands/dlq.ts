import { type Command, InvalidArgumentError } from 'commander';
import {
  type DeadLetter,
  type DeadLetterContent,
  describeDeadLetter,
  isCalled,
  withoutContent,
} from '../../consumer/dead-letter.ts';
import { HookportError } from '../../errors.ts';
import { escapeControls } from '../../local/console-log.ts';
import type { SourcePlan } from '../../plan/plan.ts';
import { type ConfigOption, findSource, loadProject, type Project, providerOf, withConfig } from '../project.ts';
import { askPlatform, dataOption, findRunning } from '../running.ts';
import { facts, printJson, table } from '../table.ts';

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
    .option('--limit <number>', 'how many at most, 1 to 1000', parseLimit, 100)
    .addOption(dataOption())
    .option('--aws', awsHelp)
    .option('--json', 'print JSON')
    .action(async (id: string, options: Options & { limit: number }) => {
      const project = await loadProject(options);
      const source = findSource(project.plan, id);
      const letters = await (options.aws ? listThere(source, project, options.limit) : listHere(source, options));
      if (options.json) printJson(letters);
      else printList(letters, source.id, options.limit);
    });

  withConfig(dlq.command('show'))
    .description('one dead letter: headers without static credentials, and body')
    .argument('<source>', 'its id in the configuration')
    .argument('<id>', 'its delivery id, request id or message id')
    .addOption(dataOption())
    .option('--aws', awsHelp)
    .option('--json', 'print JSON')
    .action(async (sourceId: string, id: string, options: Options) => {
      const project = await loadProject(options);
      const source = findSource(project.plan, sourceId);
      const letter = await (options.aws ? showThere(source, project, id) : showHere(source, id, options));
      if (options.json) printJson(letter);
      else printLetter(letter);
    });

  for (const command of dlq.commands) command.exitOverride().showHelpAfterError('(add --help for what it takes)');
}

function parseLimit(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text) || Number(text) > 1000)
    throw new InvalidArgumentError('how many is a number from 1 to 1000.');
  return Number(text);
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

async function showThere(source: SourcePlan, project: Project, id: string): Promise<DeadLetterContent> {
  const found: DeadLetterContent[] = [];
  await lookThrough(source, project, (letter) => isCalled(letter, id) && found.push(letter) > 0);
  const [letter] = found;
  if (letter) return letter;
  throw new HookportError('usage', `no dead letter of ${source.id} that could be received has the id ${id}`);
}

async function lookThrough(
  source: SourcePlan,
  project: Project,
  visit: (letter: DeadLetterContent) => boolean,
): Promise<void> {
  const provider = providerOf(source, project);
  const { lookThroughDeadLetters } = await import('../aws/dead-letters-aws.ts');
  await lookThroughDeadLetters(source.deadLetterQueue.name, (message) =>
    visit(describeDeadLetter(message, provider, source.verify)),
  );
}

function printList(letters: readonly DeadLetter[], source: string, limit: number): void {
  if (letters.length === 0) {
    console.log(`${source} has no dead letters.`);
    return;
  }
  const rows = letters.map((letter) => [
    letter.reason === 'unknown' && letter.kind === 'unknown' ? 'moved by the queue' : letter.reason,
    letter.eventType ?? '-',
    String(letter.attempts ?? '-'),
    age(letter.restingSince),
    letter.deliveryId ?? letter.messageId,
  ]);
  const lines = [['REASON', 'EVENT TYPE', 'ATTEMPTS', 'AGE', 'ID'], ...rows];
  console.log(table(lines.map((row) => row.map(escapeControls))));
  if (letters.length >= limit) console.log(`These are ${limit}; there may be more: --limit.`);
  console.log(`\nOne of them: hookport dlq show ${source} ID. After the fix: hookport redrive ${source}`);
}

function printLetter(letter: DeadLetterContent): void {
  const { headers, body, ...rest } = letter;
  const rows = Object.entries(rest).map(([name, value]) => [name, escapeControls(String(value ?? '-'))]);
  console.log(facts(rows));
  console.log('\nheaders, without static credentials');
  console.log(
    facts(
      Object.entries(headers).map(([name, value]) => [name, escapeControls(value)]),
      '  ',
    ),
  );
  console.log('\nbody');
  console.log(body.split('\n').map(escapeControls).join('\n'));
}

function age(since: string): string {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(since)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)}h` : `${Math.round(seconds / 86_400)}d`;
}
