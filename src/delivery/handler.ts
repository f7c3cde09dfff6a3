import type { Log } from '../log.ts';
import type { Delivery } from './delivery.ts';
import type { EventsOf } from './event-types.ts';

/** What a handler gets beside the delivery. */
export interface HandlerContext {
  /** Writes to Hookport's log, with the source and the delivery id. */
  log: Log;
  /** Aborts at the source's timeout; pass it on to whatever waits. */
  signal: AbortSignal;
}

/** What a batch handler gets beside the deliveries. */
export interface BatchHandlerContext extends HandlerContext {
  /**
   * Reports that one delivery failed, with the reason; the others count as handled. `PermanentError` and `RetryAfter`
   * mean what they mean when thrown.
   */
  fail: (delivery: Delivery, error: unknown) => void;
}

export type HandleDelivery<Events extends object = Record<string, unknown>> = (
  delivery: Delivery<Events>,
  context: HandlerContext,
) => unknown;

export type HandleBatch<Events extends object = Record<string, unknown>> = (
  deliveries: readonly Delivery<Events>[],
  context: BatchHandlerContext,
) => unknown;

/** What a handler file exports by default. */
export type Handler =
  | { readonly hookport: 'handler'; readonly provider: string | undefined; readonly handle: HandleDelivery }
  | { readonly hookport: 'batchHandler'; readonly provider: string | undefined; readonly handle: HandleBatch };

/**
 * Declares a handler: called with each verified delivery, at least once. Returning means handled (a list of promises, once all
 * of them have fulfilled); throwing means that it is tried again with growing delays, and so does returning what says that it
 * was not done: an error, a `Response` that is not `ok`, results of `Promise.allSettled` of which one is rejected, a generator
 * or a function that nobody runs.
 *
 * @param provider The provider that it is written for, such as `github`; payloads are typed where their types are
 *   known, and a source of another provider refuses it. @default any provider
 */
export function defineHandler(handle: HandleDelivery): Handler;
export function defineHandler<Provider extends string>(
  provider: Provider,
  handle: HandleDelivery<EventsOf<Provider>>,
): Handler;
export function defineHandler(
  ...args: [handle: HandleDelivery] | [provider: string, handle: HandleDelivery<never>]
): Handler {
  const [provider, handle] = readArguments('defineHandler', args);
  return { hookport: 'handler', provider, handle };
}

/**
 * Declares a handler that gets up to `batch.size` deliveries at once, which is 1 unless the YAML says more. If it
 * throws, or returns what {@link defineHandler} takes for a failure, all fail that were not reported by `fail` before.
 *
 * @param provider As for {@link defineHandler}.
 */
export function defineBatchHandler(handle: HandleBatch): Handler;
export function defineBatchHandler<Provider extends string>(
  provider: Provider,
  handle: HandleBatch<EventsOf<Provider>>,
): Handler;
export function defineBatchHandler(
  ...args: [handle: HandleBatch] | [provider: string, handle: HandleBatch<never>]
): Handler {
  const [provider, handle] = readArguments('defineBatchHandler', args);
  return { hookport: 'batchHandler', provider, handle };
}

/** Handlers are not all type-checked. @throws TypeError for anything but a function, or an id and a function */
function readArguments(name: string, args: readonly unknown[]): [provider: string | undefined, handle: () => unknown] {
  const [provider, handle] = args.length === 1 ? [undefined, args[0]] : args;
  if (typeof handle === 'function' && (provider === undefined || typeof provider === 'string'))
    return [provider, handle as () => unknown];
  const given = args.map((each) => (each === null ? 'null' : typeof each)).join(' and ') || 'nothing';
  throw new TypeError(`${name} takes a function, or a provider's id and a function, and was given ${given}`);
}

/**
 * Finds the handler in what a handler file exports.
 *
 * @param module The file's module namespace.
 * @param provider The provider of the source that it shall serve.
 */
export function handlerOf(
  module: unknown,
  provider: string,
): { ok: true; handler: Handler } | { ok: false; detail: string } {
  const candidate = isObject(module) ? module['default'] : undefined;
  if (candidate === undefined)
    return { ok: false, detail: 'it has no default export; write export default defineHandler(…)' };
  return checkHandler(candidate, provider, 'its default export');
}

/**
 * The same for a handler that code gives.
 *
 * @param called What it is called in the detail.
 */
export function checkHandler(
  candidate: unknown,
  provider: string,
  called: string,
): { ok: true; handler: Handler } | { ok: false; detail: string } {
  if (!isHandler(candidate))
    return { ok: false, detail: `${called} was not made with defineHandler or defineBatchHandler` };
  if (candidate.provider !== undefined && candidate.provider !== provider)
    return { ok: false, detail: `it is written for provider ${candidate.provider}, and the source's is ${provider}` };
  return { ok: true, handler: candidate };
}

function isHandler(value: unknown): value is Handler {
  return (
    isObject(value) &&
    (value['hookport'] === 'handler' || value['hookport'] === 'batchHandler') &&
    typeof value['handle'] === 'function' &&
    (value['provider'] === undefined || typeof value['provider'] === 'string')
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
