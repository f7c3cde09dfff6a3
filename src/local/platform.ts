import { join } from 'node:path';
import type { Catalogue, ProviderGuide } from '../catalogue/provider.ts';
import { extendCatalogue, providerOf } from '../catalogue/registry.ts';
import { isUnwell, logRecord } from '../consumer/log-record.ts';
import { purgeDeadLetters } from '../consumer/purge.ts';
import { redrive } from '../consumer/redrive.ts';
import { forgetCompletion, schemaVersion as completionsVersion } from '../deduplication/sqlite.ts';
import type { Log } from '../log.ts';
import { loadPayloadChecks } from '../payload-schema/load-checks.ts';
import { type Plan, type QueuePlan, queuesOf, type SourcePlan } from '../plan/plan.ts';
import { schemaVersion as queuesVersion } from '../queue/embedded/database.ts';
import { openEmbeddedQueues } from '../queue/embedded/open.ts';
import { refuseNewer } from '../schema-version.ts';
import { createSendClock } from '../steady-clock.ts';
import type { EnvironmentSecrets } from '../secrets/environment.ts';
import { forwardSecretOf } from '../secrets/variables.ts';
import { createEventHub } from './api/event-hub.ts';
import { startApi } from './api/start.ts';
import type { AttemptLine } from './consumer-protocol.ts';
import { type Consumers, startConsumers } from './consumers.ts';
import { deduplicationFile, openDataFolder } from './data-folder.ts';
import { explainKept } from './explain-kept.ts';
import { type Gateway, startGateway } from './gateway/start.ts';
import { recordedBusQueue } from './recorded-bus.ts';
import { startJournal } from './journal/start.ts';
import { createOneAtATime } from './one-at-a-time.ts';
import { createAttemptCounts } from './metrics/attempt-counts.ts';
import { lazyExposition } from './metrics/lazy-exposition.ts';
import { readQueues } from './metrics/read-queues.ts';
import { openLogFile } from './log-file.ts';
import { openPausedSources } from './paused-sources.ts';
import { replay } from './replay.ts';
import { localSecrets } from './secrets.ts';
import { senderOf } from './sender-of.ts';
import { type SqsEndpoint, startSqsEndpoint } from './sqs-endpoint/start.ts';
import { logTo } from './thread-log.ts';

export interface PlatformOptions {
  plan: Plan;
  /** The project's root: where package.json and `.env` are; handlers are relative to it. */
  root: string;
  dataFolder: string;
  /** 0 for any free one. */
  ports: { gateway: number; inspector: number; sqs: number };
  /** URL of a module that exports `catalogue`; threads import it. What it lacks is in the plan. */
  catalogueUrl: string;
  /** Setup steps and samples of a provider, for the inspector and for why a secret does not fit. @default none */
  loadGuide?: (provider: string) => Promise<ProviderGuide | undefined>;
  log: Log;
  /** Told of each attempt at a delivery. @default nobody */
  onAttempts?: (attempts: readonly AttemptLine[]) => void;
  /** A part broke down that cannot go on; the process had better stop and start again. */
  onFailure: (error: Error) => void;
  /** Added to the time of day, for tests of what happens days later. @default 0 */
  clockOffsetMs?: number;
}

/** Everything on one machine, running. */
export interface Platform {
  readonly ports: { gateway: number; inspector: number; sqs: number };
  readonly secrets: EnvironmentSecrets;
  /** Epoch milliseconds since when a source is accepted and not consumed. */
  pausedSince: (source: string) => number | undefined;
  /** Accepts no more, finishes what is in flight, and closes the data folder. */
  stop(): Promise<void>;
}

/**
 * Puts the parts of one machine together. They start in the order in which a delivery needs them, from its end: when the
 * gateway listens, everything behind it does.
 *
 * @throws HookportError `data_folder_in_use`, `data_folder_unusable`, `port_in_use`, `provider_invalid`
 */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { plan, root, catalogueUrl, clockOffsetMs = 0 } = options;
  const clock = () => Date.now() + clockOffsetMs;
  // As the queues have it: what they hold must not seem to be of the future once the time of day was set back.
  const queueClock = createSendClock(clock);
  const stops: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    // From the entrance inwards, so that nothing comes in behind what is being finished.
    const failed: unknown[] = [];
    for (const each of stops.splice(0).toReversed())
      try {
        await each();
      } catch (error) {
        // What is beside a part that broke down must be closed too, or it keeps the process alive.
        failed.push(error);
      }
    if (failed.length > 0) throw failed[0];
  };
  /** What was opened beside a part that failed must be closed too, or it keeps the process alive. */
  const opened = async <Part extends { close(): Promise<void> }>(opening: Promise<Part>): Promise<Part> => {
    const part = await opening;
    stops.push(() => part.close());
    return part;
  };
  try {
    const folder = openDataFolder(options.dataFolder);
    stops.push(() => folder.close());
    // Before the journal, which puts a newer version's aside: who starts that version again would miss all that it holds.
    refuseNewer(join(folder.path, 'queues.db'), queuesVersion);
    if (plan.sources.some(({ consumer }) => consumer?.deduplicate))
      refuseNewer(deduplicationFile(folder.path), completionsVersion);
    const kept = openLogFile({
      folder: folder.path,
      clock,
      onError: ({ message }) => options.log.warn('the log is not kept: it cannot be written', { error: message }),
    });
    stops.push(() => kept.close());
    const log = logTo((line) => {
      options.log[line.level](line.message, line.fields);
      kept.add(line);
    });
    // The terminal shows attempts in lines of their own.
    const keptLog = logTo((line) => kept.add(line));
    const onFailure = (error: Error) => {
      kept.add({ level: 'error', message: 'a part of the platform broke down', fields: { error: error.message } });
      options.onFailure(error);
    };
    const opening = [
      opened(
        openEmbeddedQueues({
          folder: folder.path,
          queues: plan.sources.flatMap(localQueuesOf),
          clockOffsetMs,
          onFailure,
          // At once: a start that another part ends does not come to it again.
          onLoss: (part) =>
            log.error('the disk has damaged the intake log; messages that were acknowledged are lost', { ...part }),
        }),
      ),
      opened(startJournal({ file: join(folder.path, 'journal.db'), clockOffsetMs, log })),
      import(catalogueUrl) as Promise<{ catalogue: Catalogue }>,
    ] as const;
    await Promise.allSettled(opening);
    const [queues, journal, builtIn] = await Promise.all(opening);
    for (const { name, messages } of queues.unreachable)
      log.warn('messages are in a queue that the configuration does not name', { queue: name, messages });
    for (const { name, messages } of queues.shortened)
      log.warn('messages are older than their queue keeps them by now, and are deleted', { queue: name, messages });
    const catalogue = extendCatalogue(builtIn.catalogue, plan.providers);
    const secrets = localSecrets({ root, dataFolder: folder.path, sources: plan.sources, catalogue, clock });
    // Made here, before another thread or process could make others. A secret that cannot be read is told with each delivery.
    const signed = plan.sources.flatMap(secretsOf);
    await Promise.all(signed.map((id) => secrets.read(id).catch(() => undefined)));

    // Microseconds: no run does a million attempts a second.
    const events = createEventHub({ first: clock() * 1000 });
    const paused = openPausedSources(folder.path);
    // A source that nothing consumes by now is for others to take from, whatever was paused before.
    const consumed = new Set(plan.sources.flatMap(({ id, consumer }) => (consumer ? [id] : [])));
    const pausedSince = (id: string) => (consumed.has(id) ? paused.since(id) : undefined);
    const attempts = createAttemptCounts(plan.sources.map(({ id }) => id));
    const checks = await loadPayloadChecks(plan.sources, root);
    const consumers: Consumers = await startConsumers({
      data: {
        plan,
        root,
        dataFolder: folder.path,
        catalogueUrl,
        queues: queues.connect(),
        journal: journal.connect(),
        clockOffsetMs,
        paused: plan.sources.flatMap(({ id }) => (pausedSince(id) === undefined ? [] : [id])),
      },
      log,
      onAttempts(lines) {
        attempts.add(lines);
        // What went well is in the journal alone.
        for (const line of lines) if (isUnwell(line)) logRecord(keptLog, line);
        options.onAttempts?.(lines);
        events.publish(lines);
      },
      onFailure,
    });
    stops.push(() => consumers.stop());

    const sqs: SqsEndpoint = await startSqsEndpoint({ port: options.ports.sqs, queues, log });
    stops.push(() => sqs.close());
    const gateway: Gateway = await startGateway({
      plan,
      port: options.ports.gateway,
      queue: (name) => queues.queue(name),
      clock,
      log,
    });
    stops.push(() => gateway.close());

    /** A source with what working on its queues needs. */
    const partsOf = (source: SourcePlan) => ({
      source,
      provider: providerOf(source, { catalogue }),
      queue: queues.queue(source.queue.name),
      deadLetterQueue: queues.queue(source.deadLetterQueue.name),
      secrets,
      checkPayload: checks.get(source.consumer?.payloadSchema ?? ''),
      clock,
      log,
    });
    // What one of them has in hand the others do not see: beside each other they would count, and leave, what is not all.
    const oneAtATime = createOneAtATime();
    const gatewayUrl = `http://127.0.0.1:${gateway.port}`;
    const api = await startApi({
      plan,
      catalogue,
      port: options.ports.inspector,
      gatewayUrl,
      loadGuide: options.loadGuide ?? (() => Promise.resolve(undefined)),
      async senderOf(source) {
        const url = `${gatewayUrl}${source.route.path}`;
        return { ...(await senderOf({ ...partsOf(source), url })), now: clock() };
      },
      queues,
      journal,
      events,
      redrive(source, action) {
        const askedAt = queueClock();
        const options = { ...action, ...partsOf(source), queueClock: () => askedAt, waitSeconds: 0 };
        return oneAtATime(source.id, () => redrive(options));
      },
      purge(source, action) {
        const askedAt = queueClock();
        const options = { ...action, ...partsOf(source), clock: () => askedAt, waitSeconds: 0 };
        return oneAtATime(source.id, () => purgeDeadLetters(options));
      },
      replay: (source, kept) =>
        replay({
          ...partsOf(source),
          kept,
          signingSecret: () => secrets.signingSecret(source.id),
          forget: (deliveryId) => forgetCompletion(deduplicationFile(folder.path), { source: source.id, deliveryId }),
        }),
      async explain(source, kept) {
        const isOwn = plan.providers?.some(({ id }) => id === source.provider) ?? false;
        const guide = await options.loadGuide?.(source.provider);
        return explainKept({ ...partsOf(source), sources: plan.sources, kept, isOwn, guide });
      },
      pausedSince,
      async setPaused({ id }, wanted) {
        // Written first: what a person asked for holds also if this process ends in between.
        if (wanted) paused.pause(id, clock());
        else paused.resume(id);
        await (wanted ? consumers.pause(id) : consumers.resume(id));
      },
      metrics: lazyExposition({
        gateway: () => gateway.counters(),
        acceptDurations: () => gateway.acceptDurations(),
        attempts,
        readQueues: () => readQueues({ plan, queues, clock: queueClock, pausedSince }),
      }),
      clock,
      log,
    });
    stops.push(() => api.close());

    const ports = { gateway: gateway.port, inspector: api.port, sqs: sqs.port };
    folder.setPorts(ports);
    // The terminal is told in other words.
    kept.add({ level: 'info', message: 'the platform runs', fields: { pid: process.pid, ...ports } });
    stops.push(() => kept.add({ level: 'info', message: 'the platform stops' }));
    return { ports, secrets, pausedSince, stop };
  } catch (error) {
    // Why it did not start says more.
    await stop().catch(() => undefined);
    throw error;
  }
}

/** What a store of secrets is asked for. */
function secretsOf({ id, unsigned, consumer }: SourcePlan): string[] {
  return [...(unsigned ? [] : [id]), ...(consumer?.forward?.http ? [forwardSecretOf(id)] : [])];
}

function localQueuesOf(source: SourcePlan): QueuePlan[] {
  const bus = recordedBusQueue(source);
  return [...queuesOf(source), ...(bus ? [bus] : [])];
}
