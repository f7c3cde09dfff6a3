import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { type OutcomeKind, outcomeKinds } from '../../delivery/outcome.ts';
import type { DeliveryState } from '../../local/api/delivery-state.ts';
import type { AttemptsEvent } from '../../local/api/events.ts';
import { toJsonText } from '../../terminal-text.ts';
import { describeState } from '../attempt-lines.ts';
import { type ConfigOption, findSource, loadProject, withConfig } from '../project.ts';
import { dataOption, findIfRunning, findRunning, refused } from '../running.ts';
import { readEvents } from '../server-sent-events.ts';

interface Options extends ConfigOption {
  outcome?: OutcomeKind[];
  data: string;
  json?: true;
}

export function addTail(program: Command): void {
  withConfig(program.command('tail'))
    .description('what happens to deliveries, live: one line an attempt; goes on when the platform is started again')
    .argument('[source]', 'of this source alone')
    .addOption(new Option('--outcome <outcomes...>', 'only these').choices(outcomeKinds))
    .addOption(dataOption())
    .option('--json', 'one JSON object a line')
    .action(tail);
}

/** Between two looks whether the platform is there again. */
const retryMs = 1000;

async function tail(source: string | undefined, options: Options): Promise<void> {
  if (source !== undefined) findSource((await loadProject(options)).plan, source);
  findRunning(options.data);
  let last: string | undefined;
  let lost = false;
  for (;;) {
    const running = findIfRunning(options.data);
    if (running) {
      if (lost) console.error('the platform is there again');
      lost = false;
      await follow(running.api, last, (id, event) => {
        last = id;
        show(event, source, options);
      });
    }
    if (!lost) console.error('the platform has gone; waiting for it, Ctrl-C ends');
    lost = true;
    await sleep(retryMs);
  }
}

/** Resolves when the connection ends. */
async function follow(
  api: string,
  last: string | undefined,
  tell: (id: string | undefined, event: AttemptsEvent) => void,
): Promise<void> {
  const headers = { accept: 'text/event-stream', ...(last !== undefined && { 'last-event-id': last }) };
  const response = await fetch(`${api}/api/events`, { headers }).catch(() => undefined);
  if (!response) return;
  if (!response.ok || !response.body) throw refused(response.status, await response.json().catch(() => ({})));
  try {
    for await (const { event, id, data } of readEvents(response.body))
      if (event === 'attempts') tell(id, JSON.parse(data) as AttemptsEvent);
  } catch (error) {
    // Node's word for a connection that broke.
    if (!(error instanceof TypeError)) throw error;
  }
}

function show({ attempts, omitted }: AttemptsEvent, source: string | undefined, { outcome, json }: Options): void {
  if (omitted > 0) console.error(`… ${omitted} more went by meanwhile: hookport status, or the inspector`);
  const wanted = (state: DeliveryState) =>
    (source === undefined || state.source === source) && (outcome === undefined || outcome.includes(state.outcome));
  for (const state of attempts.filter(wanted)) console.log(json ? toJsonText(state) : describeState(state));
}
