import { copyTakenSeconds } from '../catalogue/copy-taken.ts';
import { mappedHeaders } from '../catalogue/mapped-headers.ts';
import { mappedQuery } from '../catalogue/mapped-query.ts';
import type { Catalogue, Provider } from '../catalogue/provider.ts';
import { extendCatalogue, providerOf } from '../catalogue/registry.ts';
import { schemeOf } from '../catalogue/scheme-of.ts';
import type { Config, SourceConfig } from '../config/config.ts';
import { requestParameters } from '../delivery/wire.ts';
import { functionTimeoutSeconds } from './function-timeout.ts';
import { workerRunSeconds } from './delivery-seconds.ts';
import { planWorker } from './worker-plan.ts';
import type { ConsumerPlan, CorsPlan, ForwardPlan, Plan, QueuePlan, SourcePlan } from './plan.ts';

/** SQS's limit for a message with its attributes, since August 2025. */
const maxMessageBytes = 1024 * 1024;

/** Room that a rejection reason needs in the dead-letter queue: a source queue takes this much less. */
const reasonBytes = 4096;

/** SQS's longest visibility timeout, 12 hours. */
const maxVisibilitySeconds = 43_200;

/** SQS's longest long poll. */
const longPollSeconds = 20;

/**
 * What a configuration comes to. Pure.
 *
 * @param builtIn The providers that the configuration need not declare.
 * @throws HookportError `internal` for a provider that the catalogue lacks: the configuration's rules refuse that before
 */
export function makePlan(config: Config, builtIn: Catalogue): Plan {
  const declared = config.providers.map(({ definition }) => definition);
  const providers = declared.filter(({ id }) => config.sources.some(({ provider }) => provider === id));
  const catalogue = extendCatalogue(builtIn, providers);
  return {
    name: config.name,
    ...(providers.length > 0 && { providers }),
    sources: config.sources.map((source) => planSource(config.name, source, providerOf(source, { catalogue }))),
    ...(config.cors && { cors: planCors(config.cors) }),
    ...(config.domain && { domain: config.domain }),
  };
}

function planSource(stack: string, source: SourceConfig, provider: Provider): SourcePlan {
  const name = `${stack}-${source.id}`;
  const isConsumed = source.handler !== undefined || source.forward !== undefined;
  const consumer = isConsumed ? planConsumer(stack, source, provider) : undefined;
  const scheme = schemeOf(provider, source.verify);
  const headers = mappedHeaders(provider, scheme);
  const unsigned = scheme.scheme === 'none';
  const queue = (suffix: string, settings: Partial<QueuePlan>): QueuePlan => ({
    name: `${name}${suffix}`,
    retentionSeconds: source.deadLetterRetentionSeconds,
    visibilityTimeoutSeconds: 120,
    maxMessageBytes,
    receiveWaitSeconds: longPollSeconds,
    ...settings,
  });
  return {
    id: source.id,
    provider: provider.id,
    ...(source.verify !== undefined && { verify: source.verify }),
    route: {
      key: `POST ${source.path}`,
      method: 'POST',
      path: source.path,
      ...(source.authorize && { authorize: source.authorize }),
      throttle: source.throttle,
      requestParameters: requestParameters({ headers, query: mappedQuery(provider, scheme) }),
    },
    queue: queue('', {
      retentionSeconds: source.queueRetentionSeconds,
      visibilityTimeoutSeconds: consumer ? visibilitySeconds(consumer) : 120,
      maxMessageBytes: maxMessageBytes - reasonBytes,
      redrive: { deadLetterQueue: `${name}-dlq`, maxReceiveCount: source.maxReceiveCount },
    }),
    deadLetterQueue: queue('-dlq', {}),
    ...(source.forward?.queue && { verifiedQueue: queue('-verified', {}) }),
    ...(consumer && { consumer }),
    ...(source.publicUrl !== undefined && { publicUrl: source.publicUrl }),
    ...(unsigned
      ? { unsigned }
      : { secret: { name: source.secret ?? `${stack}/${source.id}`, existing: source.secret !== undefined } }),
    ...(source.alarms && { alarms: source.alarms }),
    ...(source.expectEverySeconds !== undefined && { expectEverySeconds: source.expectEverySeconds }),
  };
}

/**
 * How a source is consumed. One without a handler and a forward is not, unless somebody brings a handler: then what `defaults` say
 * of it holds.
 */
export function planConsumer(stack: string, source: SourceConfig, provider: Provider): ConsumerPlan {
  const { deduplicate } = source;
  const forward = source.forward && planForward(stack, source.id, source.forward);
  const run = { timeoutSeconds: source.timeoutSeconds, batch: source.batch, ...(forward && { forward }) };
  return {
    ...(source.handler !== undefined && { handler: source.handler }),
    ...(source.events && { events: source.events }),
    concurrency: source.concurrency,
    ...run,
    ...(source.payloadSchema !== undefined && { payloadSchema: source.payloadSchema }),
    maxReceiveCount: source.maxReceiveCount,
    onRejected: source.onRejected,
    ...(deduplicate !== false && {
      deduplicate: { keepSeconds: deduplicate === true ? memorySeconds(source, provider) : deduplicate },
    }),
    ...(source.toleranceSeconds !== undefined && { toleranceSeconds: source.toleranceSeconds }),
    ...(source.worker ? { worker: planWorker(source.worker, run) } : { function: source.function }),
  };
}

/** While the provider may send it again, and while a copy that somebody caught would be taken. */
function memorySeconds(source: SourceConfig, provider: Provider): number {
  return Math.max(provider.retry.horizonSeconds, copyTakenSeconds(provider, source));
}

function planForward(stack: string, id: string, forward: NonNullable<SourceConfig['forward']>): ForwardPlan {
  const { queue, http, eventBus } = forward;
  const secret = { name: http?.secret ?? `${stack}/${id}/forward`, existing: http?.secret !== undefined };
  return {
    ...(queue && { queue: `${stack}-${id}-verified` }),
    ...(http && { http: { url: http.url, timeoutSeconds: http.timeoutSeconds, secret } }),
    ...(eventBus !== undefined && { eventBus }),
  };
}

/**
 * Six times the function's timeout, as AWS advises for queues that feed Lambda, so that throttling does not expire it;
 * twice what a worker may need, since it renews what waits in its hand.
 */
function visibilitySeconds(consumer: ConsumerPlan): number {
  if (consumer.worker)
    return Math.min(maxVisibilitySeconds, Math.max(120, 2 * workerRunSeconds(consumer)) + consumer.batch.windowSeconds);
  return Math.min(maxVisibilitySeconds, 6 * functionTimeoutSeconds(consumer) + consumer.batch.windowSeconds);
}

function planCors(cors: NonNullable<Config['cors']>): CorsPlan {
  const { maxAgeSeconds } = cors;
  return {
    allowOrigins: cors.allowOrigins,
    allowMethods: ['POST'],
    allowHeaders: cors.allowHeaders,
    ...(cors.allowCredentials && { allowCredentials: true }),
    ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
  };
}
