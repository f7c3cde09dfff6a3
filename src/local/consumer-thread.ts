import { parentPort, workerData } from 'node:worker_threads';
import type { Catalogue } from '../catalogue/provider.ts';
import { extendCatalogue, providerOf } from '../catalogue/registry.ts';
import { monotonicClock } from '../clock.ts';
import { startWorker } from '../consumer/worker.ts';
import { openSqliteDeduplication } from '../deduplication/sqlite.ts';
import type { DeliveryRecord } from '../delivery/record.ts';
import { HookportError } from '../errors.ts';
import { loadPayloadChecks } from '../payload-schema/load-checks.ts';
import { attachEmbeddedQueues } from '../queue/embedded/attach.ts';
import { withoutSecrets } from '../secrets/variables.ts';
import { giveWayToAccepting } from '../thread-priority.ts';
import type { AttemptLine, ConsumerThreadData, FromConsumers, ToConsumers } from './consumer-protocol.ts';
import { deduplicationFile } from './data-folder.ts';
import { createHandlerThreads } from './handler-threads/start.ts';
import { attachJournal } from './journal/attach.ts';
import { recordedBus, recordedBusQueue } from './recorded-bus.ts';
import { localSecrets } from './secrets.ts';
import { createSourceWorkers } from './source-workers.ts';
import { logTo } from './thread-log.ts';

giveWayToAccepting();

/**
 * The workers of all sources, in a thread of their own: verifying must not hold up accepting. Handlers run in threads
 * below this one.
 */
const data = workerData as ConsumerThreadData;
const { plan, root, dataFolder, clockOffsetMs } = data;
const tell = (message: FromConsumers) => parentPort?.postMessage(message);
const log = logTo((line) => tell({ kind: 'log', line }));
const clock = () => Date.now() + clockOffsetMs;

const builtIn = (await import(data.catalogueUrl)) as { catalogue: Catalogue };
const catalogue = extendCatalogue(builtIn.catalogue, plan.providers);
const queues = await attachEmbeddedQueues(data.queues);
const secrets = localSecrets({ root, dataFolder, sources: plan.sources, catalogue, clock });
const handlers = createHandlerThreads({
  root,
  env: withoutSecrets(process.env),
  log,
  clock: monotonicClock,
});
const deduplication = plan.sources.some(({ consumer }) => consumer?.deduplicate)
  ? openSqliteDeduplication({ file: deduplicationFile(dataFolder), clock })
  : undefined;

const checks = await loadPayloadChecks(plan.sources, root);

const journal = attachJournal(data.journal, log);
let attempts: AttemptLine[] = [];

function record(each: DeliveryRecord): void {
  journal.record(each);
  const { headers: _headers, query: _query, body: _body, ...line } = each;
  attempts.push(line);
  // Those of one turn of the event loop travel together.
  if (attempts.length === 1) setImmediate(tellAttempts);
}

function tellAttempts(): void {
  if (attempts.length > 0) tell({ kind: 'attempts', attempts });
  attempts = [];
}

const consumed = new Map(plan.sources.flatMap((source) => (source.consumer ? [[source.id, source] as const] : [])));

const workers = createSourceWorkers([...consumed.keys()], data.paused, (id) => {
  const source = consumed.get(id);
  const consumer = source?.consumer;
  if (!consumer) throw new HookportError('internal', `no source "${id}" to consume`);
  const provider = providerOf(source, { catalogue });
  const { handler, timeoutSeconds, payloadSchema } = consumer;
  const busQueue = recordedBusQueue(source);
  return startWorker({
    source,
    provider,
    queue: queues.queue(source.queue.name),
    deadLetterQueue: queues.queue(source.deadLetterQueue.name),
    verifiedQueue: source.verifiedQueue && queues.queue(source.verifiedQueue.name),
    eventBus: busQueue && recordedBus(queues.queue(busQueue.name)),
    checkPayload: payloadSchema === undefined ? undefined : checks.get(payloadSchema),
    secrets,
    deduplication,
    dispatch:
      handler === undefined ? undefined : handlers.dispatcher({ id: source.id, provider, handler, timeoutSeconds }),
    record,
    clock,
    monotonic: monotonicClock,
    log,
  });
});

parentPort?.on('message', (message: ToConsumers) => {
  if (message.kind === 'stop') {
    void stop();
    return;
  }
  workers[message.kind](message.source);
  tell({ kind: 'followed' });
});
tell({ kind: 'ready' });

async function stop(): Promise<void> {
  await workers.stop();
  await handlers.close();
  tellAttempts();
  await journal.flush();
  deduplication?.close();
  await queues.close();
  data.journal.close();
  tell({ kind: 'stopped' });
  parentPort?.close();
}
