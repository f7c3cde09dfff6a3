import type { Provider } from '../catalogue/provider.ts';
import type { Log } from '../log.ts';
import { allOf } from './all-of.ts';
import type { VerifiedDelivery } from './delivery.ts';
import { framesOf } from './handler-errors.ts';
import { type Handler, handlerOf } from './handler.ts';
import { describeLoadError } from './load-error.ts';
import { type Outcome, unreported } from './outcome.ts';
import { runHandler, runSingle } from './run-handler.ts';
import { TimeLimits } from './time-limits.ts';
import { toDelivery } from './to-delivery.ts';

/**
 * Hands verified deliveries over and says what became of each, in their order. It keeps the source's timeout itself.
 * If it rejects, all of them count as failed.
 *
 * @param deliveries More than one only where the source has batches.
 */
export type Dispatch = (deliveries: readonly VerifiedDelivery[]) => Promise<readonly Outcome[]>;

/** Hands over to `first`, and what that handled to `second`: a handler and then a forward. */
export function inOrder(first: Dispatch, second: Dispatch): Dispatch {
  return async (deliveries) => {
    const outcomes = [...(await first(deliveries))];
    const rest = deliveries.map((_, index) => index).filter((index) => outcomes[index]?.kind === 'handled');
    if (rest.length === 0) return outcomes;
    const after = await second(deliveries.filter((_, index) => rest.includes(index)));
    for (const [position, index] of rest.entries()) outcomes[index] = after[position] ?? unreported;
    return outcomes;
  };
}

/** Hands over to all at once. What one of them failed with counts, then what one rejected with; handled means by all. */
export function together(all: readonly Dispatch[]): Dispatch {
  return async (deliveries) => {
    const outcomes = await Promise.all(all.map((dispatch) => dispatch(deliveries)));
    return deliveries.map((_, index) => worst(outcomes.map((each) => each[index] ?? unreported)));
  };
}

function worst(outcomes: readonly Outcome[]): Outcome {
  const failed = outcomes.filter((each) => each.kind === 'failed');
  const [first, ...others] = failed;
  if (!first) return outcomes.find(({ kind }) => kind === 'rejected') ?? { kind: 'handled' };
  if (others.length === 0) return first;
  const delays = failed.flatMap(({ retryAfterSeconds }) => retryAfterSeconds ?? []);
  return {
    ...first,
    detail: failed.map(({ detail }) => detail).join('; '),
    ...(delays.length > 0 && { retryAfterSeconds: Math.max(...delays) }),
  };
}

export interface InProcessOptions {
  /** Gives the handler file's module namespace; called until it succeeded once. */
  load: () => Promise<unknown>;
  /** What is told where it does not load. @default nothing, for a handler that is given */
  file?: string | undefined;
  provider: Provider;
  /** For one delivery; a batch has as many times that. Loading may take as long, and ten seconds at least. */
  timeoutMs: number;
  log: Log;
}

/**
 * Runs a handler in this process: in Lambda, and in a worker of one's own. At the timeout the signal aborts and the
 * delivery counts as failed; a handler that ignores the signal cannot be ended from here.
 */
export function dispatchInProcess({ load, file, provider, timeoutMs, log }: InProcessOptions): Dispatch {
  let loaded: Handler | undefined;
  const late: Outcome = timedOut(timeoutMs);
  const limits = new TimeLimits(timeoutMs, late.detail);
  return async (deliveries) => {
    if (!loaded) {
      const found = await withinTime(
        Math.max(timeoutMs, shortestLoadMs),
        load().then(
          (module) => handlerOf(module, provider.id),
          (error: unknown) => ({ ok: false as const, detail: describeLoadError(error), stack: framesOf(error) }),
        ),
      );
      if (!found.ok) {
        const detail = file === undefined ? found.detail : `${file}: ${found.detail}`;
        const stack = 'stack' in found ? found.stack : undefined;
        log.error('a handler could not be loaded', { source: deliveries[0]?.source, detail, stack });
        return deliveries.map(() => ({ kind: 'failed', reason: 'handler_not_loaded', detail }));
      }
      loaded = found.handler;
    }
    const handler = loaded;
    if (handler.hookport === 'batchHandler') {
      const objects = deliveries.map((data) => toDelivery(data, provider));
      const late = timedOut(timeoutMs * objects.length);
      const all = new TimeLimits(timeoutMs * objects.length, late.detail);
      const limit = all.begin();
      return all.wait(
        limit,
        runHandler(handler, objects, log, limit),
        objects.map(() => late),
      );
    }
    return allOf(
      deliveries.map((data) => {
        const limit = limits.begin();
        const outcome = runSingle(handler.handle, toDelivery(data, provider), log, limit);
        return outcome instanceof Promise ? limits.wait(limit, outcome, late) : outcome;
      }),
    );
  };
}

/**
 * A large SDK takes some seconds at a cold start, whatever the timeout of its deliveries. It fits into the room that functions and workers
 * have beyond the timeouts.
 */
const shortestLoadMs = 10_000;

/** A file that awaits at its top level what never comes would hold up its source for good, without a word. */
async function withinTime<Found>(
  timeoutMs: number,
  found: Promise<Found>,
): Promise<Found | { ok: false; detail: string }> {
  const late = Promise.withResolvers<{ ok: false; detail: string }>();
  const detail = `it did not load within ${timeoutMs / 1000} s: does it await something at its top level?`;
  const timer = setTimeout(() => late.resolve({ ok: false, detail }), timeoutMs);
  try {
    return await Promise.race([found, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** The outcome of a handler that did not return in time. */
export function timedOut(timeoutMs: number): Extract<Outcome, { kind: 'failed' }> {
  return {
    kind: 'failed',
    reason: 'handler_timeout',
    detail: `the handler did not return within ${timeoutMs / 1000} s`,
  };
}
