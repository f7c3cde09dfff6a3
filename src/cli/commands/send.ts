import { styleText } from 'node:util';
import { type Command, Option } from 'commander';
import type { Sample } from '../../catalogue/provider.ts';
import { HookportError } from '../../errors.ts';
import { escapeControls } from '../../terminal-text.ts';
import type { SourcePlan } from '../../plan/plan.ts';
import { secretVariable } from '../../secrets/variables.ts';
import { freshRequest } from '../../sending/fresh-request.ts';
import { type HostileModeName, hostileModes } from '../../sending/hostile/modes.ts';
import { post } from '../../sending/post.ts';
import { signRequest } from '../../sending/sign-request.ts';
import { createProgress, type TellProgress } from '../progress.ts';
import { withConfig } from '../project.ts';
import { dataOption } from '../running.ts';
import { chooseSamples } from '../send/choose-sample.ts';
import { describeHostile, sendHostile, stoodFirm } from '../send/hostile.ts';
import { fatesOf } from '../send/outcomes.ts';
import type { Sent } from '../send/sent.ts';
import { summarise } from '../send/summary.ts';
import { findTarget, type Target, type TargetOptions } from '../send/target.ts';
import { facts, printJson } from '../table.ts';
import { upTo } from '../number-option.ts';

interface Options extends TargetOptions {
  count: number;
  json?: true;
  hostile?: true;
}

/** So many requests are open at the same time. */
const width = 16;

const modeNames = Object.keys(hostileModes) as HostileModeName[];

export function addSend(program: Command): void {
  const command = withConfig(program.command('send'))
    .description('send signed samples to a source, as its provider would, and tell what became of them')
    .argument('<source>', 'its id in the configuration')
    .argument('[event]', 'an event that the provider has a sample of (`hookport providers <id>` lists them)')
    .option('--url <url>', 'where to send it, such as a tunnel’s address (default: the running gateway)')
    .addOption(
      new Option('--token <jwt>', 'for a source with `authorize`: goes along as Authorization: Bearer').env(
        'HOOKPORT_TOKEN',
      ),
    )
    .option('--count <n>', 'how many', upTo(999_999), 1)
    .addOption(dataOption())
    .option('--json', 'print what became of each as JSON')
    .optionsGroup('What a provider would not send, to see that it is dealt with:');
  for (const name of modeNames) command.option(`--${name}`, hostileModes[name].description);
  command
    .option('--hostile', 'all of these that apply')
    .addHelpText('after', '\nIt ends with 1 if anything became of a request but what had to.')
    .action(send);
}

async function send(id: string, event: string | undefined, options: Options, command: Command): Promise<void> {
  const target = await findTarget(id, options);
  const samples = await chooseSamples(target.provider, target.guide, event, target.source.verify);
  const modes = modeNames.filter((name) => options.hostile ?? isGiven(command, name));
  if (modes.length === 0) return sendMany(target, samples, options);
  if (options.count > 1) throw new HookportError('usage', '--count is for genuine requests; leave it out');
  return sendAll(target, modes, samples, options);
}

/** Commander turns `--no-signature` into the option `signature` being false. */
function isGiven(command: Command, name: HostileModeName): boolean {
  const option = command.options.find(({ long }) => long === `--${name}`);
  return option !== undefined && command.getOptionValueSource(option.attributeName()) === 'cli';
}

async function sendAll(
  target: Target,
  modes: readonly HostileModeName[],
  [sample]: readonly Sample[],
  { json }: Options,
): Promise<void> {
  if (!sample) return;
  const reports = [];
  for (const mode of modes) {
    const report = await sendHostile(target, mode, sample);
    if (!json) console.log(describeHostile(target, report));
    reports.push(report);
  }
  if (json) printJson(reports);
  if (!reports.every(stoodFirm)) process.exitCode = 1;
}

const whereTheyAre = 'what was answered is kept, and handled in its turn: hookport status';

async function sendMany(target: Target, samples: readonly Sample[], options: Options): Promise<void> {
  const { source, url, sender, entrance } = target;
  const sent: Sent[] = [];
  let number = 0;
  const sendSome = async (tell: TellProgress) => {
    for (let sample = samples[number++ % samples.length]; sample && number <= options.count;) {
      const fresh = freshRequest(sender.provider, sample, { url: sender.url, now: Date.now() });
      const request = await signRequest(sender.scheme, fresh, sender.secret);
      const answered = await post(url, { ...request, headers: { ...request.headers, ...entrance } });
      sent.push({ ...answered, event: sample.event, delivery: undefined });
      tell(sent.length, options.count);
      sample = samples[number++ % samples.length];
    }
  };
  const isQuiet = options.json === true || options.count === 1;
  const started = performance.now();
  await createProgress('sending', { quiet: isQuiet, leaves: `${whereTheyAre}, the others were not sent` }).around(
    (tell) => Promise.all(Array.from({ length: Math.min(width, options.count) }, () => sendSome(tell))),
  );
  const seconds = (performance.now() - started) / 1000;

  const awaiting = createProgress('waiting for outcomes', { quiet: isQuiet, leaves: `all were sent; ${whereTheyAre}` });
  const fates = await awaiting.around((tell) => fatesOf(sent, source, target.api, tell));
  for (const [index, each] of sent.entries()) each.delivery = fates[index];
  if (options.json) printJson(options.count === 1 ? sent[0] : sent);
  else if (options.count === 1) console.log(describe(sent[0], source, url));
  else console.log(summarise(sent, source.id, url, seconds));
  if (!options.json && sent.some(isMismatch)) console.log(`  ${describeSigner(target)}`);
  if (!sent.every(isWell)) process.exitCode = 1;
}

function isWell({ status, delivery }: Sent): boolean {
  if (status < 200 || status > 299) return false;
  return typeof delivery !== 'object' || (delivery.outcome !== 'rejected' && delivery.outcome !== 'failed');
}

function isMismatch({ delivery }: Sent): boolean {
  return typeof delivery === 'object' && delivery.reason === 'signature_mismatch';
}

/** Which secret signed: the platform has another, most often since it was started in another environment than this terminal's. */
function describeSigner({ source, secretOrigin }: Target): string {
  const variable = secretVariable(source.id);
  if (secretOrigin === 'development')
    return `It was signed with a secret made up for development, since ${variable} is neither in .env nor set in this terminal; where the platform was started with it, set it here too, or put it into .env.`;
  if (secretOrigin === 'environment')
    return `It was signed with ${variable} of this terminal; where the platform was started without it, or with another, put it into .env, which both read.`;
  return `It was signed with ${variable} of .env; where the platform was started with another in its environment, that one counts there.`;
}

function describe(sent: Sent | undefined, source: SourcePlan, url: string): string {
  if (!sent) return '';
  const { status, milliseconds, messageId, why, event } = sent;
  const answer = status === 0 ? 'no answer' : String(status);
  const rows = [
    ['answer', `${answer} after ${Math.round(milliseconds)} ms${why === undefined ? '' : `: ${escapeControls(why)}`}`],
    ...(messageId === undefined
      ? []
      : [
          ['message', messageId],
          ['outcome', describeOutcome(sent.delivery, source)],
        ]),
  ];
  return `${source.id}: ${event} → ${url}\n${facts(rows, '  ')}`;
}

function describeOutcome(delivery: Sent['delivery'], source: SourcePlan): string {
  if (delivery === 'waiting')
    return `waiting in the queue ${source.queue.name}, which you consume; it is not verified yet`;
  if (delivery === 'paused') return `waiting in the queue: ${source.id} is paused`;
  if (delivery === undefined) return 'not known: no platform that runs here has told of it';
  const { outcome, reason, detail, attempt, durationMs, deadLettered } = delivery;
  const well = outcome !== 'rejected' && outcome !== 'failed';
  const head = `${styleText(well ? 'green' : 'red', outcome)} after ${durationMs} ms${attempt > 1 ? `, attempt ${attempt}` : ''}`;
  if (well) return head;
  const next = deadLettered ? 'it rests in the dead-letter queue' : 'it is tried again';
  return `${head}: ${reason}: ${escapeControls(detail ?? '')}; ${next}`;
}
