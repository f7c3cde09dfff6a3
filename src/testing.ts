import { resolve } from 'node:path';
import { loadGuide } from '../providers/samples/index.ts';
import { catalogue } from '../providers/index.ts';
import { credentialsOf } from './catalogue/credentials-of.ts';
import { identify } from './catalogue/identify.ts';
import { withLowerCaseNames } from './catalogue/lower-case-names.ts';
import { mappedHeaders } from './catalogue/mapped-headers.ts';
import { mappedQuery } from './catalogue/mapped-query.ts';
import type { Provider, ProviderGuide, Sample } from './catalogue/provider.ts';
import { schemeOf } from './catalogue/scheme-of.ts';
import { formatIssue } from './config/issue.ts';
import { shownHeaders, shownQuery } from './delivery/shown-request.ts';
import type { Delivery } from './delivery/delivery.ts';
import type { EventsOf } from './delivery/event-types.ts';
import { checkHandler, type Handler } from './delivery/handler.ts';
import type { Outcome } from './delivery/outcome.ts';
import { runHandler } from './delivery/run-handler.ts';
import { toDelivery } from './delivery/to-delivery.ts';
import { HookportError } from './errors.ts';
import type { Log, LogFields } from './log.ts';
import { samplesOf } from './sending/samples.ts';

/** What a test changes in a sample. */
export interface DeliveryOverrides {
  /** @default the provider's id */
  source?: string | undefined;
  id?: string | undefined;
  eventType?: string | undefined;
  /** @default 2026-01-01T00:00:00Z */
  receivedAt?: Date | undefined;
  /**
   * Which of the provider's ways of signing the source verifies with: headers, ids and whether an id is signed depend on it.
   *
   * @default the sample's, or the provider's first
   */
  verify?: string | undefined;
  /** Added to the sample's. One that no delivery of the provider has is a mistake. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Added to the sample's. One that no delivery of the provider has is a mistake. */
  query?: Readonly<Record<string, string>> | undefined;
  /** Replaces the body, as JSON; as a form where the content type says so and the payload is an object of texts. */
  payload?: unknown;
  /** Replaces the body as it is. */
  body?: string | Uint8Array | undefined;
  /** @default 1 */
  attempt?: number | undefined;
  /** @default false */
  suspectedReplay?: boolean | undefined;
  /**
   * The configuration that declares the provider, if it does not come with Hookport.
   *
   * @default `webhooks.config.yaml` in the current folder
   */
  config?: string | undefined;
}

/**
 * A delivery as a handler would get it, from the provider's samples; nothing is signed or verified. It has the headers and
 * query parameters that a source keeps: those that come only sometimes are not among them.
 *
 * @param event An event type of the samples; for another one leave it undefined and override the first sample's. @default the first
 *   sample
 * @throws HookportError `usage` when there is no such provider, no sample of that event, or when a header or parameter is
 *   given that no delivery has; `provider_invalid` when it has no such way of signing
 */
export async function testDelivery<Id extends string>(
  provider: Id,
  event?: keyof EventsOf<Id> & string,
  overrides: DeliveryOverrides = {},
): Promise<Delivery<EventsOf<Id>>> {
  const { definition, guide } = await findProvider(provider, overrides.config);
  const sample = await findSample(definition, guide, event, overrides.verify);
  const verify = overrides.verify ?? sample.verify;
  const scheme = schemeOf(definition, verify);
  const kept = { headers: mappedHeaders(definition, scheme), query: mappedQuery(definition, scheme) };
  const headers = keptOf(
    { provider, what: 'header', kept: kept.headers },
    sample.headers,
    withLowerCaseNames(overrides.headers ?? {}),
  );
  const query = keptOf({ provider, what: 'query parameter', kept: kept.query }, sample.query, overrides.query);
  const body = bodyOf(overrides, sample.body, definition, headers);
  const credentials = credentialsOf(definition);
  const data = {
    ...identityOf(definition, { headers, query, body }, verify),
    source: overrides.source ?? provider,
    provider,
    receivedAt: (overrides.receivedAt ?? new Date('2026-01-01T00:00:00Z')).getTime(),
    headers: shownHeaders(credentials, headers),
    query: shownQuery(credentials, query),
    body,
    attempt: overrides.attempt ?? 1,
    suspectedReplay: overrides.suspectedReplay ?? false,
    ...(overrides.id !== undefined && { id: overrides.id }),
    ...(overrides.eventType !== undefined && { eventType: overrides.eventType }),
  };
  return toDelivery(data, definition) as Delivery<EventsOf<Id>>;
}

/** Whatever types its payloads have. */
type AnyDelivery = Omit<Delivery, 'is'>;

/** What a handler did in a test. */
export interface TestRun {
  /** One for each delivery. */
  outcomes: readonly Outcome[];
  log: readonly { level: keyof Log; message: string; fields: LogFields }[];
}

/**
 * Runs a handler on deliveries, all at once for a batch handler. What the handler throws is an outcome, and so is that a
 * source of the deliveries' provider would not take it. No timeout is kept.
 *
 * @param deliveries What {@link testDelivery} gave.
 * @param signal What the handler gets as `signal`. @default one that never aborts
 * @throws HookportError `usage` when it is given something else than deliveries
 */
export async function testHandler(
  handler: Handler,
  deliveries: AnyDelivery | readonly AnyDelivery[],
  signal: AbortSignal = new AbortController().signal,
): Promise<TestRun> {
  const log: { level: keyof Log; message: string; fields: LogFields }[] = [];
  const at =
    (level: keyof Log) =>
    (message: string, fields: LogFields = {}) =>
      void log.push({ level, message, fields });
  const lines: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const all = (Array.isArray(deliveries) ? deliveries : [deliveries]) as readonly Delivery[];
  for (const each of all) refuseNoDelivery(each);
  const misfit = all.map(({ provider }) => checkHandler(handler, provider, 'the handler')).find(({ ok }) => !ok);
  if (misfit && !misfit.ok)
    return { outcomes: all.map(() => ({ kind: 'failed', reason: 'handler_not_loaded', detail: misfit.detail })), log };
  return { outcomes: await runHandler(handler, all, lines, { signal }), log };
}

/** Tests are not all type-checked, and no type tells a copy from a delivery. */
function refuseNoDelivery(given: unknown): void {
  const refuse = (what: string): never => {
    throw new HookportError('usage', `testHandler was given ${what}`);
  };
  if (given instanceof Promise) refuse('a promise: await what testDelivery gives');
  if (typeof given !== 'object' || given === null) refuse(`${String(given)}, which is no delivery`);
  else if (!('payload' in given))
    refuse('a copy of a delivery, which has neither payload nor body: tell testDelivery what shall differ');
}

async function findProvider(
  id: string,
  config = 'webhooks.config.yaml',
): Promise<{ definition: Provider; guide: ProviderGuide | undefined }> {
  const builtIn = catalogue.get(id);
  if (builtIn) return { definition: builtIn, guide: await loadGuide(id) };
  const { loadConfig } = await import('./config/load.ts');
  const loaded = await loadConfig(resolve(config), { catalogue, root: process.cwd(), shownAs: config });
  const { providers } = loaded.ok ? loaded.config : loaded;
  const own = providers.find(({ definition }) => definition.id === id);
  if (own) return own;
  const mistakes = loaded.ok ? '' : `, which has mistakes:\n${loaded.issues.map(formatIssue).join('\n')}`;
  throw new HookportError('usage', `there is no provider "${id}", in the catalogue or in ${config}${mistakes}`);
}

async function findSample(
  provider: Provider,
  guide: ProviderGuide | undefined,
  event: string | undefined,
  verify: string | undefined,
): Promise<Sample> {
  if (verify !== undefined) schemeOf(provider, verify);
  const samples = await (verify === undefined ? guide?.samples() : samplesOf(provider, guide, verify));
  const sample = event === undefined ? samples?.[0] : samples?.find((each) => each.event === event);
  if (sample) return sample;
  const known = [...new Set(samples?.map((each) => each.event))].join(', ');
  throw new HookportError(
    'usage',
    `provider ${provider.id} has no sample "${event}"; it has ${known}; for another event leave it undefined, and give its payload`,
  );
}

/** What of a sample reaches a delivery, and what the test adds, which must be able to. */
function keptOf(
  { provider, what, kept }: { provider: string; what: string; kept: Provider['headers'] },
  sample: Readonly<Record<string, string>> = {},
  added: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const never = Object.keys(added).find((name) => !Object.hasOwn(kept, name) || kept[name] !== 'always');
  if (never !== undefined)
    throw new HookportError(
      'usage',
      `no delivery of ${provider} has the ${what} "${never}": a source does not keep it`,
    );
  const mapped = Object.entries(sample).filter(([name]) => Object.hasOwn(kept, name) && kept[name] === 'always');
  return { ...Object.fromEntries(mapped), ...added };
}

function bodyOf(
  { payload, body }: DeliveryOverrides,
  sample: string,
  { formPayload }: Provider,
  headers: Readonly<Record<string, string>>,
): Uint8Array {
  if (typeof body === 'object') return body;
  if (body !== undefined || payload === undefined) return Buffer.from(body ?? sample);
  const json = JSON.stringify(payload);
  if (!/^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '')) return Buffer.from(json);
  const fields = formPayload === undefined ? fieldsOf(payload) : { [formPayload]: json };
  return Buffer.from(fields ? new URLSearchParams(fields).toString() : json);
}

/** Undefined of what no form can hold. */
function fieldsOf(payload: unknown): Record<string, string> | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const fields = Object.entries(payload) as [string, unknown][];
  const areTexts = fields.every((field): field is [string, string] => typeof field[1] === 'string');
  return areTexts ? Object.fromEntries(fields) : undefined;
}

function identityOf(provider: Provider, request: Parameters<typeof identify>[1], verify: string | undefined) {
  const { deliveryId, ...identity } = identify(provider, request, verify);
  return { id: deliveryId, ...identity };
}
