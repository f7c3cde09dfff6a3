import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { HookportError } from '../../errors.ts';
import { type LogLevel, logLevels } from '../../local/console-log.ts';
import type { KeptLine } from '../../local/log-file.ts';
import { LogReader } from '../../local/log-reader.ts';
import { logGroupOf } from '../../plan/log-group.ts';
import type { SourcePlan } from '../../plan/plan.ts';
import { toJsonText } from '../../terminal-text.ts';
import { describeKeptLine, isWanted, newest, type Wanted } from '../log-lines.ts';
import { type ConfigOption, findSource, loadProject, type Project, withConfig } from '../project.ts';
import { dataOption, findIfRunning } from '../running.ts';
import { toTime } from '../time-option.ts';
import { upTo } from '../number-option.ts';

interface Options extends ConfigOption {
  lines: number;
  since?: string;
  level: LogLevel;
  follow?: true;
  data: string;
  aws?: true;
  json?: true;
}

export function addLogs(program: Command): void {
  withConfig(program.command('logs'))
    .description(
      'what handlers log and print, why attempts failed, and what the platform has to say; --follow goes on live',
    )
    .argument('[source]', 'of this source alone')
    .option('-n, --lines <number>', 'the last so many, 1 to 10000', upTo(10_000), 100)
    .option('--since <when>', 'not before, such as 10m or 2026-01-31T08:00:00Z; with --aws 10m unless given', toTime)
    .addOption(new Option('--level <level>', 'this one and what is worse').choices(logLevels).default('info'))
    .option('-f, --follow', 'go on as lines come, until Ctrl-C')
    .addOption(dataOption('data folder of the platform, which may have ended'))
    .option('--aws', 'of the functions on AWS, from CloudWatch Logs, with the credentials of the environment')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', `\n${about}`)
    .action(logs);
}

const about = `On this machine the data folder keeps the last 4 to 8 MiB, also when the platform has ended.
--level debug shows on AWS what Lambda itself logs of each invocation, and metrics.
What went well is in \`hookport tail\` and the inspector; on AWS it is here too.`;

async function logs(id: string | undefined, options: Options): Promise<void> {
  const project = options.aws || id !== undefined ? await loadProject(options) : undefined;
  const source = project && id !== undefined ? findSource(project.plan, id) : undefined;
  await (options.aws && project ? logsThere(project, source, options) : logsHere(source, options));
}

/** Between two looks at the file. */
const lookEveryMs = 250;

async function logsHere(source: SourcePlan | undefined, options: Options): Promise<void> {
  const reader = new LogReader(options.data);
  const kept = reader.read();
  if (kept.length === 0 && !options.follow && !findIfRunning(options.data))
    throw new HookportError(
      'not_running',
      `no log is kept in ${options.data}; start with \`npm start\`, or name the folder with --data`,
    );
  const wanted = wantedBy(source, options);
  const found = newest(kept.filter(wanted), options.lines);
  show(found, options);
  if (!options.follow) return tellIfNone(found.length);
  if (!findIfRunning(options.data)) console.error('nothing runs; waiting for it, Ctrl-C ends');
  for (;;) {
    await sleep(lookEveryMs);
    show(reader.read().filter(wanted), options);
  }
}

async function logsThere({ plan }: Project, source: SourcePlan | undefined, options: Options): Promise<void> {
  const sources = source ? [source] : plan.sources;
  const groups = sources.flatMap((each) => {
    const name = logGroupOf(plan.name, each);
    return name === undefined ? [] : [{ source: each.id, name }];
  });
  if (groups.length === 0) {
    const who = source ? source.id : 'every source';
    throw new HookportError(
      'usage',
      `${who} has neither \`handler\` nor \`forward\`, so nothing of Hookport’s runs and logs for it`,
    );
  }
  const { readLogsOnAws } = await import('../aws/read-logs.ts');
  const wanted = wantedBy(undefined, options);
  const since = options.since === undefined ? Date.now() - 600_000 : Date.parse(options.since);
  let last = options.lines;
  let shown = 0;
  const tell = (problem: string) => console.error(`hookport: ${problem}`);
  for await (const lines of readLogsOnAws({ groups, since, follow: options.follow === true, wait: sleep, tell })) {
    const found = newest(lines.filter(wanted), last);
    show(found, options);
    shown += found.length;
    last = Infinity;
  }
  tellIfNone(shown);
}

function tellIfNone(shown: number): void {
  if (shown === 0) console.error('no such lines; --since, --level and --lines widen what is looked for');
}

function wantedBy(source: SourcePlan | undefined, { level, since }: Options): (line: KeptLine) => boolean {
  const wanted: Wanted = {
    level,
    since: since === undefined ? undefined : Date.parse(since),
    source: source && { id: source.id, queues: [source.queue.name, source.deadLetterQueue.name] },
  };
  return (line) => isWanted(line, wanted);
}

function show(lines: readonly KeptLine[], { json }: Options): void {
  for (const line of lines) console.log(json ? toJsonText(line) : describeKeptLine(line));
}
