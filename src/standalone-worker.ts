import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GetQueueUrlCommand, QueueDoesNotExist, SQSClient } from '@aws-sdk/client-sqs';
import { catalogue } from '../providers/index.ts';
import { awsAdvice } from './aws-advice.ts';
import { fewAtOnce } from './aws-few-at-once.ts';
import { awsTimeouts } from './aws-timeouts.ts';
import { extendCatalogue } from './catalogue/registry.ts';
import { monotonicClock, systemClock } from './clock.ts';
import type { Config, SourceConfig } from './config/config.ts';
import { formatIssue } from './config/issue.ts';
import { loadConfig } from './config/load.ts';
import { createEventBridge } from './consumer/forward/event-bridge.ts';
import type { EventBus } from './consumer/forward/event-bus.ts';
import { isUnwell, logRecord } from './consumer/log-record.ts';
import { type RunningWorker, startWorker } from './consumer/worker.ts';
import type { CreateWorkerOptions } from './create-worker.ts';
import type { Deduplication } from './deduplication/deduplication.ts';
import { openSqliteDeduplication } from './deduplication/sqlite.ts';
import { dispatchInProcess } from './delivery/dispatch.ts';
import { describeThrown } from './delivery/handler-errors.ts';
import { importUntilLoaded } from './delivery/import-until-loaded.ts';
import { HookportError } from './errors.ts';
import { createJsonLog } from './json-log.ts';
import { loadPayloadChecks } from './payload-schema/load-checks.ts';
import { makePlan, planConsumer } from './plan/make-plan.ts';
import type { ConsumerPlan, SourcePlan } from './plan/plan.ts';
import type { Queue } from './queue/queue.ts';
import { createSqsQueue } from './queue/sqs.ts';
import { createEnvironmentSecrets } from './secrets/environment.ts';
import { refuseOptions } from './worker-options.ts';

/** What `createWorker` of the public API does; apart, since it carries the catalogue, the configuration and the AWS SDK. */
export async function startStandaloneWorker(options: CreateWorkerOptions): Promise<RunningWorker> {
  const root = resolve(options.root ?? '.');
  const config = await loadConfiguration(options, root);
  const settings = findSource(options, config);
  const plan = makePlan(config, catalogue);
  const source = plan.sources.find(({ id }) => id === settings.id);
  const provider = extendCatalogue(catalogue, plan.providers).get(settings.provider);
  if (!source || !provider) throw new HookportError('internal', `no provider ${settings.provider} in the catalogue`);
  const consumer = consumerOf(planConsumer(config.name, settings, provider), options);
  refuseOptions(options, { consumer, provider: source.provider, file: fileOf(options) });
  const log = options.log ?? createJsonLog();
  const load = loaderOf(options, consumer, root);
  if (!load && !consumer.forward)
    throw new HookportError(
      'usage',
      `source ${source.id} has neither a handler nor a forward: give createWorker a handler`,
    );
  const bus = openBus(consumer, options);
  const [checkPayload] = (await loadPayloadChecks([{ ...source, consumer }], root)).values();
  const queues = await openQueues(source, options);
  const deduplication = consumer.deduplicate && (await openDeduplication(source.id, root, options));
  const timeoutMs = consumer.timeoutSeconds * 1000;
  const file = options.handler ? undefined : consumer.handler;
  const toHandler = load && dispatchInProcess({ load, file, provider, timeoutMs, log });
  const worker = startWorker({
    source: { ...source, consumer },
    provider,
    ...queues,
    eventBus: bus?.eventBus,
    checkPayload,
    secrets: options.secrets ?? createEnvironmentSecrets({ envFile: resolve(root, '.env') }),
    deduplication,
    dispatch: toHandler,
    guard: options.protection?.guard,
    record(record) {
      if (isUnwell(record)) logRecord(log, record);
      // What nobody catches would end the process, with all that it has in hand.
      void Promise.resolve(options.record?.(record)).catch((error: unknown) =>
        log.error('an attempt could not be recorded', { source: source.id, error: describeThrown(error) }),
      );
    },
    clock: systemClock,
    monotonic: monotonicClock,
    log,
  });
  const stop = async () => {
    await worker.stop();
    deduplication?.close?.();
    queues.close();
    bus?.close();
  };
  let stopped: Promise<void> | undefined;
  // A process may be told more than once.
  return { stop: () => (stopped ??= stop()) };
}

async function openDeduplication(
  source: string,
  root: string,
  { deduplicationFile, deduplicationTable, region }: CreateWorkerOptions,
): Promise<Deduplication & { close?(): void }> {
  if (deduplicationTable !== undefined) {
    // Carries another client of the AWS SDK.
    const [{ DynamoDBClient }, { createDynamoDbDeduplication }] = await Promise.all([
      import('@aws-sdk/client-dynamodb'),
      import('./deduplication/dynamodb.ts'),
    ]);
    const client = fewAtOnce(
      new DynamoDBClient({
        // Claim and look-up with all their attempts must take less than the room of a claim: it has to outlast its handler.
        maxAttempts: 3,
        requestHandler: awsTimeouts(3000),
        ...(region !== undefined && { region }),
      }),
    );
    const table = createDynamoDbDeduplication({ client, tableName: deduplicationTable });
    return { ...table, close: () => client.destroy() };
  }
  if (deduplicationFile === undefined)
    throw new HookportError(
      'usage',
      `source ${source} deduplicates: give createWorker a deduplicationFile, or the deduplicationTable of its stack`,
    );
  const file = resolve(root, deduplicationFile);
  return openSqliteDeduplication({ file, clock: systemClock });
}

const fileOf = ({ config }: CreateWorkerOptions) => config ?? 'webhooks.config.yaml';

async function loadConfiguration(options: CreateWorkerOptions, root: string): Promise<Config> {
  const file = fileOf(options);
  const path = resolve(root, file);
  // Whatever starts a worker may start it in another folder, which nothing else would tell.
  if (!existsSync(path))
    throw new HookportError(
      'config_invalid',
      `there is no ${path}: createWorker takes \`config\` from \`root\`, which is the current folder unless it is told`,
    );
  const loaded = await loadConfig(path, { catalogue, root, shownAs: file });
  if (!loaded.ok) throw new HookportError('config_invalid', loaded.issues.map(formatIssue).join('\n'));
  return loaded.config;
}

function findSource(options: CreateWorkerOptions, { sources }: Config): SourceConfig {
  const source = sources.find(({ id }) => id === options.source);
  if (source) return source;
  const known = sources.map(({ id }) => id).join(', ');
  throw new HookportError('usage', `${fileOf(options)} has no source "${options.source}"; it has ${known}`);
}

function consumerOf(planned: ConsumerPlan, options: CreateWorkerOptions): ConsumerPlan {
  const takesBatches = options.handler?.hookport === 'batchHandler' && planned.batch.size === 1;
  return {
    ...planned,
    concurrency: options.concurrency ?? planned.concurrency,
    timeoutSeconds: options.timeoutSeconds ?? planned.timeoutSeconds,
    batch: options.batch ?? (takesBatches ? { ...planned.batch, size: 10 } : planned.batch),
  };
}

function loaderOf(
  { handler }: CreateWorkerOptions,
  consumer: ConsumerPlan,
  root: string,
): (() => Promise<unknown>) | undefined {
  if (handler) return () => Promise.resolve({ default: handler });
  const file = consumer.handler;
  return file === undefined ? undefined : importUntilLoaded(pathToFileURL(resolve(root, file)).href);
}

/** Nothing of a platform on this machine may end on a real bus because the environment holds credentials. */
function openBus(
  { forward }: ConsumerPlan,
  { region, endpoint, eventBusEndpoint }: CreateWorkerOptions,
): { eventBus: EventBus; close(): void } | undefined {
  if (forward?.eventBus === undefined) return undefined;
  if (endpoint !== undefined && isLoopback(endpoint) && eventBusEndpoint === undefined)
    throw new HookportError(
      'usage',
      `the source forwards to the event bus ${forward.eventBus}, which this machine has not: give createWorker an eventBusEndpoint`,
    );
  let client: EventBridgeClient | undefined;
  const open = async () => {
    const { EventBridgeClient: Client } = await import('@aws-sdk/client-eventbridge');
    client ??= new Client({
      requestHandler: awsTimeouts(10_000),
      ...(region !== undefined && { region }),
      ...(eventBusEndpoint !== undefined && localClient(eventBusEndpoint)),
    });
    return client;
  };
  return { eventBus: createEventBridge({ client: open, eventBus: forward.eventBus }), close: () => client?.destroy() };
}

/** SQS's longest long poll. */
const longestPollMs = 20_000;

interface Queues {
  queue: Queue;
  deadLetterQueue: Queue;
  verifiedQueue: Queue | undefined;
  close(): void;
}

async function openQueues(source: SourcePlan, options: CreateWorkerOptions): Promise<Queues> {
  const client = fewAtOnce(
    new SQSClient({
      // A connection that broke unseen must not hold up the poll for ever.
      requestHandler: awsTimeouts(longestPollMs + 10_000),
      // Names lead to the endpoint's own queues; one that is given by its URL may lie elsewhere.
      useQueueUrlAsEndpoint: options.queueUrl !== undefined,
      ...(options.region !== undefined && { region: options.region }),
      ...(options.endpoint !== undefined && localClient(options.endpoint)),
    }),
  );
  const open = async (name: string, given: string | undefined) =>
    createSqsQueue({ client, name, queueUrl: given ?? (await findQueueUrl(client, name)) });
  const { queue, deadLetterQueue, verifiedQueue } = source;
  return {
    queue: await open(queue.name, options.queueUrl),
    deadLetterQueue: await open(deadLetterQueue.name, options.deadLetterQueueUrl),
    verifiedQueue: verifiedQueue && (await open(verifiedQueue.name, options.verifiedQueueUrl)),
    close: () => client.destroy(),
  };
}

/** The SDK wants a region and credentials, also for an endpoint on this machine, which looks at neither. */
function localClient(endpoint: string) {
  if (!isLoopback(endpoint)) return { endpoint };
  return { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
}

function isLoopback(url: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}

async function findQueueUrl(client: SQSClient, name: string): Promise<string> {
  try {
    const { QueueUrl = '' } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
    return QueueUrl;
  } catch (error) {
    if (error instanceof QueueDoesNotExist)
      throw new HookportError('queue_not_found', `SQS has no queue ${name} here`, { cause: error });
    throw new HookportError(
      'queue_unavailable',
      `SQS did not say where the queue ${name} is: ${describeThrown(error)}${awsAdvice(error)}`,
      {
        cause: error,
      },
    );
  }
}
