import path from 'node:path';
import { styleText } from 'node:util';
import { type Command, InvalidArgumentError } from 'commander';
import { createConsoleLog } from '../../local/console-log.ts';
import { type Platform, startPlatform } from '../../local/platform.ts';
import { recordedBusQueue } from '../../local/recorded-bus.ts';
import { scavengeAlone } from '../../local/scavenge-alone.ts';
import type { Plan, SourcePlan } from '../../plan/plan.ts';
import { forwardSecretOf, secretVariable } from '../../secrets/variables.ts';
import { createAttemptPrinter } from '../attempt-lines.ts';
import { describeEntrance } from '../describe-entrance.ts';
import { describeMisplaced } from '../misplaced-secrets.ts';
import { catalogueUrl, type ConfigOption, loadProject, projectRoot, type Providers, withConfig } from '../project.ts';
import { dataOption, sameProject } from '../running.ts';
import { facts } from '../table.ts';

interface Options extends ConfigOption {
  port: number;
  inspectorPort: number;
  sqsPort: number;
  data: string;
}

export function addStart(program: Command): void {
  withConfig(program.command('start'))
    .description('run everything on this machine: gateway, queues, handlers, SQS endpoint, inspector')
    .option('--port <port>', 'of the gateway, which takes the webhooks', toPort, 8080)
    .option('--inspector-port <port>', 'of the inspector and its API', toPort, 8081)
    .option('--sqs-port <port>', 'of the SQS endpoint', toPort, 9324)
    .addOption(dataOption('where queued deliveries are kept'))
    .addHelpText(
      'after',
      '\nPort 0 takes any free one. Everything listens on 127.0.0.1; only the gateway’s port may be exposed.',
    )
    .action(start);
}

/** Ctrl-C under npm comes twice: from the terminal, and passed on by npm. */
const echoMs = 500;

async function start(options: Options): Promise<void> {
  scavengeAlone();
  const { plan, guideOf } = await loadProject(options);
  const log = createConsoleLog({ write: (line) => console.error(line) });
  let platform: Platform | undefined;
  let stoppingSince: number | undefined;
  const stop = async (exitCode: number) => {
    if (stoppingSince !== undefined) {
      // Whoever asks twice does not want to wait for what is in flight; it stays queued.
      if (performance.now() - stoppingSince > echoMs) process.exit(130);
      return;
    }
    stoppingSince = performance.now();
    process.exitCode = exitCode;
    await end();
  };
  const end = async () => {
    try {
      await platform?.stop();
    } catch (error) {
      log.error('not all could be finished', { error: error instanceof Error ? error.message : String(error) });
      process.exitCode = 1;
    }
  };
  // Before there is anything to stop: others may learn of this process, and end it, before the start is over.
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (stoppingSince === undefined) console.log('stopping: finishing what is in flight; once more to stop at once');
      void stop(0);
    });
  platform = await startPlatform({
    plan,
    root: projectRoot,
    dataFolder: path.resolve(options.data),
    ports: { gateway: options.port, inspector: options.inspectorPort, sqs: options.sqsPort },
    catalogueUrl,
    loadGuide: guideOf,
    log,
    onAttempts: createAttemptPrinter((text) => console.log(text), sameProject(options)),
    onFailure: (error) => {
      log.error('a part of the platform broke down; stopping', { error: error.message });
      void stop(1);
    },
  });
  // A part broke down, or a signal came, before there was a platform that could be stopped.
  if (stoppingSince !== undefined) return end();
  console.log(await describeStart(plan, platform, guideOf, sameProject(options)));
}

/** @param flags What commands need to find this platform. */
async function describeStart(
  plan: Plan,
  { ports, secrets, pausedSince }: Platform,
  guideOf: Providers['guideOf'],
  flags: string,
): Promise<string> {
  const rows = await Promise.all(
    plan.sources.map(async (source) => {
      const { id, route, consumer } = source;
      return [
        id,
        `http://127.0.0.1:${ports.gateway}${route.path}`,
        consumer?.handler ?? (consumer ? 'forwards only' : 'you consume its queue'),
        await describeSecret(source, secrets),
      ];
    }),
  );
  const signing = plan.sources.filter(({ unsigned }) => !unsigned);
  const forwards = await Promise.all(plan.sources.map((source) => describeSourceForwards(source, secrets)));
  return [
    `hookport runs ${plan.name}`,
    '',
    // Whole, whatever the terminal's width: URLs are there to be copied.
    facts([['SOURCE', 'URL', 'HANDLER', 'SECRET'].map((head) => styleText('dim', head)), ...rows], '  '),
    '',
    ...(forwards.flat().length > 0 ? [...forwards.flat(), ''] : []),
    `  Inspector     http://127.0.0.1:${ports.inspector}`,
    `  SQS endpoint  http://127.0.0.1:${ports.sqs}`,
    '',
    ...(await describeUnread(plan, secrets)),
    ...(await describeMisplaced(signing, secrets, guideOf)),
    ...(rows.some(([, , , secret]) => secret?.startsWith('development') === true) ? [madeUp, ''] : []),
    ...describePaused(plan, pausedSince, flags),
    describeTry(plan, flags),
    '',
  ].join('\n');
}

/** Whoever writes what a handler needs into `.env`, as most programs take it, would look for it in the handler. */
async function describeUnread({ sources }: Plan, secrets: Platform['secrets']): Promise<string[]> {
  const names = await secrets.unread(sources.map(({ id }) => id)).catch((): string[] => []);
  if (names.length === 0) return [];
  const what =
    'nothing but the secrets of these sources is read from it, and handlers get the environment of npm start';
  return [`  .env has ${names.join(', ')} as well: ${what}.`, ''];
}

/** Where the source's verified deliveries go from this machine, and what signs them. */
async function describeSourceForwards(source: SourcePlan, secrets: Platform['secrets']): Promise<string[]> {
  const { queue, http, eventBus } = source.consumer?.forward ?? {};
  const busQueue = recordedBusQueue(source);
  const places = [
    ...(queue === undefined ? [] : [`the queue ${queue}`]),
    ...(busQueue ? [`the queue ${busQueue.name}, which stands for the event bus ${eventBus} here`] : []),
    ...(http ? [`${http.url}; secret: ${await describeOrigin(forwardSecretOf(source.id), secrets)}`] : []),
  ];
  return places.map((place) => `  ${source.id} forwards to ${place}`);
}

function describeTry({ sources: [first] }: Plan, flags: string): string {
  return `Ready. Try it: npx hookport send ${first?.id}${first?.route.authorize ? ' --token JWT' : ''}${flags}`;
}

const madeUp =
  '  Secrets made up for development count on this machine alone; the real ones go into .env: hookport urls.';

function describePaused(plan: Plan, pausedSince: Platform['pausedSince'], flags: string): string[] {
  const lines = plan.sources.flatMap(({ id }) => {
    const since = pausedSince(id);
    if (since === undefined) return [];
    return [`  ${id} is paused since ${new Date(since).toISOString()}: hookport resume ${id}${flags}`];
  });
  return lines.length === 0 ? [] : [...lines, ''];
}

async function describeSecret(source: SourcePlan, secrets: Platform['secrets']): Promise<string> {
  const entrance = describeEntrance(source);
  if (source.unsigned) return `none: ${entrance}`;
  return [await describeOrigin(source.id, secrets), ...(entrance === undefined ? [] : [entrance])].join('; ');
}

async function describeOrigin(id: string, secrets: Platform['secrets']): Promise<string> {
  const variable = secretVariable(id);
  try {
    const origin = await secrets.origin(id);
    if (origin === 'development') return 'development';
    return origin === 'none' ? `none; set ${variable}` : `${variable} (${origin})`;
  } catch (error) {
    return `unusable: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function toPort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('a port is a number from 0 to 65535.');
  return Number(text);
}
