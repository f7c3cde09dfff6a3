import type { Config, SourceConfig, WorkerConfig } from './config.ts';
import { toOwnProvider } from './own-provider.ts';
import type { RawConfig, RawSource } from './schema.ts';
import { parseDuration, parseSize } from './units.ts';

const day = 86_400;

/**
 * Fills in the defaults. Takes only what fits the schema.
 *
 * @param root Where files that it names are looked for, once somebody asks for what they hold.
 */
export function normalise(raw: RawConfig, root: string): Config {
  return {
    name: raw.name,
    ...(raw.domain && {
      domain: { name: raw.domain.name, hostedZone: raw.domain.hostedZone, exclusive: raw.domain.exclusive ?? false },
    }),
    ...(raw.cors && {
      cors: {
        allowOrigins: raw.cors.allowOrigins,
        allowHeaders: (raw.cors.allowHeaders ?? []).map((name) => name.toLowerCase()),
        allowCredentials: raw.cors.allowCredentials ?? false,
        ...optional('maxAgeSeconds', durationOf(raw.cors.maxAge)),
      },
    }),
    providers: Object.entries(raw.providers ?? {}).map(([id, provider]) => toOwnProvider(id, provider, root)),
    sources: Object.entries(raw.sources).map(([id, source]) => normaliseSource(id, mergeDefaults(raw, source))),
  };
}

/** A source's own settings over the defaults, one level deep: `queue: { retention: 3d }` keeps a default `maxReceiveCount`. */
function mergeDefaults(raw: RawConfig, source: RawSource): RawSource {
  const defaults = raw.defaults ?? {};
  const merged: Record<string, unknown> = { ...defaults, ...source };
  for (const key of ['batch', 'queue', 'deadLetter', 'throttle', 'function', 'worker'] as const)
    if (defaults[key] && source[key]) merged[key] = { ...defaults[key], ...source[key] };
  return merged as RawSource;
}

function normaliseSource(id: string, source: RawSource): SourceConfig {
  const seconds = (text: string | undefined, otherwise: number) => durationOf(text) ?? otherwise;
  return {
    id,
    provider: source.provider,
    ...optional('verify', source.verify),
    path: source.path ?? `/${id}`,
    ...optional('publicUrl', source.publicUrl),
    ...optional('secret', source.secret),
    ...optional('handler', source.handler),
    ...optional('forward', normaliseForward(source.forward)),
    ...optional('payloadSchema', source.payloadSchema),
    ...optional('events', source.events),
    batch: { size: source.batch?.size ?? 1, windowSeconds: seconds(source.batch?.window, 0) },
    concurrency: source.concurrency ?? 10,
    timeoutSeconds: seconds(source.timeout, 30),
    queueRetentionSeconds: seconds(source.queue?.retention, 7 * day),
    maxReceiveCount: source.queue?.maxReceiveCount ?? 5,
    deadLetterRetentionSeconds: seconds(source.deadLetter?.retention, 14 * day),
    throttle: { rate: source.throttle?.rate ?? 1000, burst: source.throttle?.burst ?? 2000 },
    ...(source.authorize && {
      authorize: { jwt: { ...source.authorize.jwt, scopes: source.authorize.jwt.scopes ?? [] } },
    }),
    unverified: source.unverified ?? false,
    ...optional('toleranceSeconds', durationOf(source.tolerance)),
    deduplicate:
      typeof source.deduplicate === 'string' ? seconds(source.deduplicate, 0) : (source.deduplicate ?? false),
    onRejected: source.onRejected ?? 'deadLetter',
    ...optional('expectEverySeconds', durationOf(source.expectEvery)),
    ...optional('alarms', source.alarms),
    ...(source.consumer === 'worker' && { worker: normaliseWorker(source.worker ?? {}) }),
    function: {
      memoryMiB: (parseSize(source.function?.memory ?? '512MiB') ?? 0) / 1024 ** 2,
      ...optional('environment', source.function?.environment),
      ...optional('policies', source.function?.policies),
      ...optional('vpc', source.function?.vpc),
    },
  };
}

function normaliseForward(forward: RawSource['forward']): SourceConfig['forward'] {
  if (!forward) return undefined;
  const { queue, http, eventBus } = forward;
  return {
    queue: queue ?? false,
    ...(http && {
      http: {
        url: http.url,
        timeoutSeconds: durationOf(http.timeout) ?? 10,
        ...optional('secret', http.secret),
      },
    }),
    ...optional('eventBus', eventBus),
  };
}

function normaliseWorker(worker: NonNullable<RawSource['worker']>): WorkerConfig {
  const { tasks, vpc } = worker;
  return {
    cpu: worker.cpu ?? 0.25,
    memoryMiB: (parseSize(worker.memory ?? '512MiB') ?? 0) / 1024 ** 2,
    architecture: worker.architecture ?? 'x86_64',
    tasks: { min: tasks?.min ?? 1, max: tasks?.max ?? Math.max(10, tasks?.min ?? 1) },
    ...optional('environment', worker.environment),
    ...optional('policies', worker.policies),
    ...(vpc && { vpc: { ...vpc, publicIp: vpc.publicIp ?? false } }),
  };
}

/** `{ [key]: value }`, or nothing when there is no value, so that the key is absent rather than undefined. */
function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [key in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [key in Key]: Value });
}

function durationOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDuration(text);
}
