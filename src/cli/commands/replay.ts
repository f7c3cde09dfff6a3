import { type Command, Option } from 'commander';
import { outcomeKinds } from '../../delivery/outcome.ts';
import { HookportError } from '../../errors.ts';
import type { DeliveryState } from '../../local/api/delivery-state.ts';
import { type ConfigOption, findSource, loadProject, withConfig } from '../project.ts';
import { createProgress } from '../progress.ts';
import { confirm } from '../prompts.ts';
import { askForPage, askPlatform, dataOption, findRunning, type PlatformPage } from '../running.ts';
import { facts, printJson } from '../table.ts';
import { toTime } from '../time-option.ts';
import { upTo } from '../number-option.ts';

interface Options extends ConfigOption {
  source?: string;
  since?: string;
  outcome?: string;
  limit: number;
  yes?: true;
  data: string;
  json?: true;
}

interface Replayed {
  id: string;
  ok: boolean;
  /** Of the new message, or why there is none. */
  messageId?: string;
  error?: string;
}

export function addReplay(program: Command): void {
  withConfig(program.command('replay'))
    .description('submit deliveries again that the journal keeps; handlers get them once more, on this machine')
    .argument('[ids...]', 'delivery ids, request ids or message ids')
    .option('--source <source>', 'instead of ids: those of this source')
    .option('--since <when>', 'instead of ids: those that arrived since, such as 2h or 2026-01-31T08:00:00Z', toTime)
    .addOption(new Option('--outcome <outcome>', 'of those, the ones that came to this outcome').choices(outcomeKinds))
    .option('--limit <number>', 'at most so many, the newest', upTo(1000), 100)
    .option('--yes', 'do not ask where several are replayed')
    .addOption(dataOption())
    .option('--json', 'print JSON')
    .addHelpText('after', '\nOn AWS nothing keeps what was handled; dead letters go back with `hookport redrive`.')
    .action(replay);
}

async function replay(ids: string[], options: Options): Promise<void> {
  const { api } = findRunning(options.data);
  const bySearch = options.source !== undefined || options.since !== undefined || options.outcome !== undefined;
  if (bySearch === ids.length > 0)
    throw new HookportError('usage', 'which? Give ids, or --source, --since and --outcome to search for them');
  // One that is named twice is meant once.
  const chosen = bySearch ? await search(api, options) : [...new Set(ids)];
  if (bySearch && chosen.length > 0 && options.yes !== true)
    await confirm(`Submit ${deliveries(chosen.length)} again?`, {
      unasked: `add --yes to replay ${deliveries(chosen.length)}`,
      declined: 'nothing was replayed',
    });
  const progress = createProgress('replaying', {
    quiet: options.json === true,
    leaves: 'those are submitted, the others are not: hookport tail',
  });
  const results: Replayed[] = [];
  const brokenOff = await progress.around(async (tell) => {
    for (const id of chosen) {
      const replayed = await replayOne(api, id);
      if (replayed instanceof HookportError) return replayed;
      results.push(replayed);
      tell(results.length, chosen.length);
    }
    return undefined;
  });
  const others = chosen.slice(results.length).map((id) => ({ id, ok: false, error: brokenOff?.message ?? '' }));
  if (options.json) printJson([...results, ...others]);
  else print(results, chosen.length);
  // What was submitted is told first: whoever runs the command again submits it once more.
  if (brokenOff) throw brokenOff;
  if (results.some(({ ok }) => !ok)) process.exitCode = 1;
}

async function search(api: string, { source, since, outcome, limit, ...options }: Options): Promise<string[]> {
  if (source !== undefined) findSource((await loadProject(options)).plan, source);
  const query = new URLSearchParams({ limit: String(limit) });
  for (const [name, value] of Object.entries({ source, since, outcome }))
    if (value !== undefined) query.set(name, value);
  const found: DeliveryState[] = [];
  let target: string | undefined = `/api/deliveries?${query.toString()}`;
  // A search stops when its time is up, also with fewer than there are, and the next page goes on from there.
  while (target !== undefined && found.length < limit) {
    const page: PlatformPage<DeliveryState[]> = await askForPage(api, target);
    found.push(...page.answer.slice(0, limit - found.length));
    target = page.next;
  }
  // Oldest first, as they came.
  return found.map(({ requestId }) => requestId).toReversed();
}

const deliveries = (number: number) => (number === 1 ? 'one delivery' : `${number} deliveries`);

/** @returns the error where no platform answers any more */
async function replayOne(api: string, id: string): Promise<Replayed | HookportError> {
  try {
    const { messageId } = await askPlatform<{ messageId: string }>(api, '/api/replay', { id });
    return { id, ok: true, messageId };
  } catch (error) {
    if (!(error instanceof HookportError)) throw error;
    if (error.code === 'not_running') return error;
    return { id, ok: false, error: error.message };
  }
}

function print(results: readonly Replayed[], number: number): void {
  if (number === 0) return console.log('No delivery that the journal keeps is meant; nothing was replayed.');
  const [only] = results;
  if (number === 1 && only?.ok)
    return console.log(`Submitted again, as message ${only.messageId}. Watch: hookport tail`);
  const failed = results.filter(({ ok }) => !ok);
  console.log(`${results.length - failed.length} of ${number} submitted again. What becomes of them: hookport tail`);
  if (failed.length > 0)
    console.log(
      facts(
        failed.map(({ id, error = '' }) => [id, error]),
        '  ',
      ),
    );
}
