import type { Provider } from '../../catalogue/provider.ts';
import { systemClock } from '../../clock.ts';
import type { Deduplication } from '../../deduplication/deduplication.ts';
import { HookportError } from '../../errors.ts';
import { checkWith, type ValidatePayload } from '../../payload-schema/check.ts';
import type { SourcePlan } from '../../plan/plan.ts';
import type { Queue } from '../../queue/queue.ts';
import { noSecrets, type SecretStore } from '../../secrets/secret-store.ts';
import { forwardSecretOf } from '../../secrets/variables.ts';
import { createSecretsManagerStore } from '../../secrets/secrets-manager.ts';
import type { EventBus } from '../forward/event-bus.ts';
import { createLambdaConsumer, type LambdaConsumer } from './consume.ts';
import { logRecord } from '../log-record.ts';
import { embeddedMetrics } from './embedded-metrics.ts';
import { lazyQueue } from './lazy-queue.ts';
import { createLambdaLog } from './log.ts';

export { importUntilLoaded } from '../../delivery/import-until-loaded.ts';
export { loadEarly } from './load-early.ts';

export interface LambdaStart {
  source: SourcePlan;
  provider: Provider;
  /** Gives the handler's module. */
  load?: () => Promise<unknown>;
  /** Where the source deduplicates. */
  deduplication?: (tableName: string) => Deduplication;
  /** Where the source forwards to an event bus, of that name or ARN. */
  eventBus?: (eventBus: string) => EventBus;
  /** Where the source's payloads have a schema: its check, made ahead. */
  validatePayload?: ValidatePayload;
}

/**
 * Puts a source's consumer together in its Lambda function. Queues, secret and table are told by the environment that
 * the stack sets; the AWS SDK is loaded when something needs it, since it is most of a function's start.
 *
 * @throws HookportError `internal` when a variable is missing: the start of the function fails, and nothing is lost
 */
export function startLambdaConsumer(options: LambdaStart): LambdaConsumer {
  const { source, provider, load, deduplication, eventBus, validatePayload } = options;
  const stack = variable('HOOKPORT_STACK');
  const log = createLambdaLog(source.id);
  const queue = (name: string, queueUrl: string): Queue =>
    lazyQueue(name, async () => (await import('./sqs-queue.ts')).openSqsQueue(name, queueUrl));
  const { verifiedQueue } = source;
  const forward = source.consumer?.forward;
  return createLambdaConsumer({
    source,
    provider,
    load,
    queue: queue(source.queue.name, variable('HOOKPORT_QUEUE_URL')),
    deadLetterQueue: queue(source.deadLetterQueue.name, variable('HOOKPORT_DEAD_LETTER_QUEUE_URL')),
    verifiedQueue: verifiedQueue && queue(verifiedQueue.name, variable('HOOKPORT_VERIFIED_QUEUE_URL')),
    eventBus: forward?.eventBus === undefined ? undefined : eventBus?.(forward.eventBus),
    checkPayload: validatePayload && checkWith(validatePayload),
    secrets: secretsOf(source),
    deduplication: deduplication?.(variable('HOOKPORT_DEDUPLICATION_TABLE')),
    record: (records) => {
      for (const record of records) logRecord(log, record);
      const lines = embeddedMetrics(records, { stack, source: source.id, now: systemClock() });
      // Not through `console`, which Lambda would wrap into a record of its own.
      for (const line of lines) process.stdout.write(`${line}\n`);
    },
    clock: systemClock,
    random: Math.random,
    log,
  });
}

/** The source's own secret, and the one that signs its forward; a source without a signature has only the latter. */
function secretsOf({ id, unsigned, consumer }: SourcePlan): SecretStore {
  const ids = new Map<string, string>();
  if (!unsigned) ids.set(id, variable('HOOKPORT_SECRET_ID'));
  if (consumer?.forward?.http) ids.set(forwardSecretOf(id), variable('HOOKPORT_FORWARD_SECRET_ID'));
  if (ids.size === 0) return noSecrets;
  return createSecretsManagerStore({
    client: async () => (await import('./secrets-client.ts')).secretsClient(),
    secretId: (key) => ids.get(key) ?? missing(key),
  });
}

function missing(key: string): never {
  throw new HookportError('internal', `the plan names no secret for ${key}`);
}

function variable(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new HookportError('internal', `the environment variable ${name} is missing; the stack sets it`);
}
