import path from 'node:path';
import { styleText } from 'node:util';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Provider, Sample } from '../../catalogue/provider.ts';
import { schemeOf } from '../../catalogue/scheme-of.ts';
import { HookportError } from '../../errors.ts';
import { escapeControls } from '../../local/console-log.ts';
import { localSecrets } from '../../local/secrets.ts';
import type { Plan, SourcePlan } from '../../plan/plan.ts';
import { secretVariable } from '../../secrets/variables.ts';
import { freshRequest } from '../../sending/fresh-request.ts';
import { post } from '../../sending/post.ts';
import { signRequest } from '../../sending/sign-request.ts';
import { describeEntrance } from '../describe-entrance.ts';
import { catalogue, type ConfigOption, findSource, loadProject, projectRoot, withConfig } from '../project.ts';
import { dataOption, findRunning } from '../running.ts';
import { chooseSamples } from '../send/choose-sample.ts';
import { awaitOutcomes } from '../send/outcomes.ts';
import type { Sent } from '../send/sent.ts';
import { summarise } from '../send/summary.ts';
import { printJson, table } from '../table.ts';

interface Options extends ConfigOption {
  url?: string;
  token?: string;
  count: number;
  data: string;
  json?: true;
}

/** So many requests are open at the same time. */
const width = 16;

export function addSend(program: Command): void {
  withConfig(program.command('send'))
    .description('send signed samples to a source, as its provider would, and tell what became of them')
    .argument('<source>', 'its id in the configuration')
    .argument('[event]', 'an event that the provider has a sample of (`hookport providers <id>` lists them)')
    .option('--url <url>', 'where to send it, such as a tunnel’s address (default: the running gateway)')
    .addOption(
      new Option('--token <jwt>', 'for a source with `authorize`: goes along as Authorization: Bearer').env(
        'HOOKPORT_TOKEN',
      ),
    )
    .option('--count <n>', 'how many', toCount, 1)
    .addOption(dataOption())
    .option('--json', 'print what became of each as JSON')
    .action(send);
}

async function send(id: string, event: string | undefined, options: Options): Promise<void> {
  const { plan } = await loadProject(options);
  const source = findSource(plan, id);
  if (source.route.authorize && options.token === undefined)
    throw new HookportError(
      'usage',
      `${id} takes ${describeEntrance(source)} alone; give one with --token, or in HOOKPORT_TOKEN`,
    );
  const provider = catalogue.get(source.provider);
  if (!provider) throw new HookportError('internal', `no provider "${source.provider}" in the catalogue`);
  const samples = await chooseSamples(provider, event, source.verify);
  const { gateway, api } = options.url === undefined ? findRunning(options.data) : findIfRunning(options.data);
  const url = options.url ?? `${gateway}${source.route.path}`;
  const next = await signer(plan, source, provider, url, options);

  const started = performance.now();
  const sent: Sent[] = [];
  let number = 0;
  const sendSome = async () => {
    for (let sample = samples[number++ % samples.length]; sample && number <= options.count;) {
      const answered = await post(url, await next(sample));
      sent.push({ ...answered, event: sample.event, delivery: undefined });
      sample = samples[number++ % samples.length];
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, options.count) }, sendSome));
  const seconds = (performance.now() - started) / 1000;

  await findOutcomes(sent, source, api);
  if (options.json) printJson(options.count === 1 ? sent[0] : sent);
  else if (options.count === 1) console.log(describe(sent[0], source, url));
  else console.log(summarise(sent, source.id, url, seconds));
  if (!sent.every(isWell)) process.exitCode = 1;
}

/** Makes signed requests of samples. */
async function signer(plan: Plan, source: SourcePlan, provider: Provider, url: string, { data, token }: Options) {
  const scheme = schemeOf(provider, source.verify);
  const dataFolder = path.resolve(data);
  const secrets = localSecrets({ root: projectRoot, dataFolder, sources: plan.sources, catalogue });
  const secret = source.unsigned ? '' : await secrets.signingSecret(source.id);
  if (secret === undefined)
    throw new HookportError(
      'secret_missing',
      `${source.id} has no secret to sign with; set ${secretVariable(source.id)}`,
    );
  const signedUrl = source.consumer?.publicUrl ?? url;
  return async (sample: Sample) => {
    const fresh = freshRequest(provider, sample, { url: signedUrl, now: Date.now() });
    const { headers, body } = await signRequest(scheme, fresh, secret);
    const authorization = source.route.authorize && token !== undefined ? { authorization: `Bearer ${token}` } : {};
    return { headers: { ...headers, ...authorization }, body };
  };
}

async function findOutcomes(sent: Sent[], source: SourcePlan, api: string | undefined): Promise<void> {
  const kept = sent.filter(({ messageId }) => messageId !== undefined);
  if (!source.consumer) {
    for (const each of kept) each.delivery = 'waiting';
    return;
  }
  if (api === undefined) return;
  const ids = kept.flatMap(({ messageId }) => messageId ?? []);
  const outcomes = await awaitOutcomes(api, ids, (source.consumer.timeoutSeconds + 5) * 1000);
  for (const each of kept) each.delivery = outcomes.get(each.messageId ?? '');
}

/** Of a tunnel one cannot tell whether it leads to the platform that runs here; if one runs, it is asked. */
function findIfRunning(data: string): { gateway?: string; api?: string } {
  try {
    return findRunning(data);
  } catch {
    return {};
  }
}

function isWell({ status, delivery }: Sent): boolean {
  if (status < 200 || status > 299) return false;
  return typeof delivery !== 'object' || (delivery.outcome !== 'rejected' && delivery.outcome !== 'failed');
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
  return `${source.id}: ${event} → ${url}\n${table(rows, '  ')}`;
}

function describeOutcome(delivery: Sent['delivery'], source: SourcePlan): string {
  if (delivery === 'waiting')
    return `waiting in the queue ${source.queue.name}, which you consume; it is not verified yet`;
  if (delivery === undefined) return 'not known: no platform that runs here has told of it';
  const { outcome, reason, detail, attempt, durationMs, deadLettered } = delivery;
  const well = outcome !== 'rejected' && outcome !== 'failed';
  const head = `${styleText(well ? 'green' : 'red', outcome)} after ${durationMs} ms${attempt > 1 ? `, attempt ${attempt}` : ''}`;
  if (well) return head;
  const next = deadLettered ? 'it rests in the dead-letter queue' : 'it is tried again';
  return `${head}: ${reason}: ${escapeControls(detail ?? '')}; ${next}`;
}

function toCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('how many is a number from 1 to 999999.');
  return Number(text);
}
