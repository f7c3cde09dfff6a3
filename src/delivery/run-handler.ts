import { inspect } from 'node:util';
import { type Log, type LogFields, withoutNames } from '../log.ts';
import { allOf } from './all-of.ts';
import type { Delivery } from './delivery.ts';
import { describeThrown, framesOf, outcomeOfError } from './handler-errors.ts';
import type { HandleDelivery, Handler, HandlerContext } from './handler.ts';
import type { Outcome } from './outcome.ts';
import { deepestList, refusalIn } from './returned.ts';

/**
 * Calls a handler and says what became of each delivery, in their order. Never rejects. Keeps no time: whoever calls
 * aborts the signal and stops waiting.
 *
 * @param deliveries One, unless the handler takes batches.
 * @param time Its signal is read only if the handler reads it.
 */
export function runHandler(
  handler: Handler,
  deliveries: readonly Delivery[],
  log: Log,
  time: { readonly signal: AbortSignal },
): Promise<Outcome[]> {
  if (handler.hookport === 'batchHandler') return runBatch(handler.handle, deliveries, log, time);
  return allOf(deliveries.map((delivery) => runSingle(handler.handle, delivery, log, time)));
}

/** Calls a handler with one delivery. A promise only if the handler gave one; never throws or rejects. */
export function runSingle(
  handle: HandleDelivery,
  delivery: Delivery,
  log: Log,
  time: { readonly signal: AbortSignal },
): Outcome | Promise<Outcome> {
  const own = withFields(log, { source: delivery.source, deliveryId: delivery.id });
  try {
    const returned = handle(delivery, new Context(own, time));
    return isThenable(returned) || Array.isArray(returned) ? waitFor(returned, own) : outcomeOf(returned, own);
  } catch (error) {
    return judge(error, own);
  }
}

const handled: Outcome = Object.freeze({ kind: 'handled' });

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' && typeof value !== 'function') return false;
  return value !== null && 'then' in value && typeof value.then === 'function';
}

async function waitFor(returned: unknown, log: Log): Promise<Outcome> {
  try {
    return outcomeOf(await doneOf(returned), log);
  } catch (error) {
    return judge(error, log);
  }
}

/**
 * A list of promises, as `map` with an async function gives it, is easily taken for one that can be awaited; and so are lists in it,
 * such as one for each delivery of a batch.
 *
 * @param levels How many lists in one another are waited for: one may hold itself.
 */
async function doneOf(returned: unknown, levels = deepestList): Promise<unknown> {
  const given = await returned;
  if (!Array.isArray(given) || levels === 0) return given;
  return Promise.all(given.map((each) => (Array.isArray(each) || isThenable(each) ? doneOf(each, levels - 1) : each)));
}

/** Most return nothing. */
function outcomeOf(returned: unknown, log: Log): Outcome {
  const refusal = returned === undefined ? undefined : refusalIn(returned);
  return refusal ? judge(refusal.error, log) : handled;
}

async function runBatch(
  handle: Extract<Handler, { hookport: 'batchHandler' }>['handle'],
  deliveries: readonly Delivery[],
  log: Log,
  time: { readonly signal: AbortSignal },
): Promise<Outcome[]> {
  const own = withFields(log, { source: deliveries[0]?.source });
  const failures = new Map<Delivery, Outcome>();
  let others: Outcome = { kind: 'handled' };
  let isOver = false;
  try {
    const returned = handle(deliveries, {
      log: own,
      signal: time.signal,
      fail(delivery, error) {
        if (!isOver) failures.set(delivery, judge(error, withFields(own, { deliveryId: delivery.id })));
        // It counts as handled already, so this line is all that tells of it.
        else
          own.error('fail() was called after the handler had returned; did it await everything?', {
            deliveryId: delivery.id,
            error: describeThrown(error),
            stack: framesOf(error),
          });
      },
    });
    const done = await doneOf(returned);
    // A report about an object that is not of this batch names nobody: better all again than one lost.
    const known = new Set(deliveries);
    if ([...failures.keys()].some((delivery) => !known.has(delivery)))
      others = {
        kind: 'failed',
        reason: 'handler_error',
        detail: 'fail() was called with something else than a delivery of the batch',
      };
    // Also where each of the results is about one delivery: nothing says so, and one that is taken for another's would be lost.
    else others = outcomeOf(done, own);
  } catch (error) {
    others = judge(error, own);
  }
  isOver = true;
  return deliveries.map((delivery) => failures.get(delivery) ?? others);
}

/** An outcome has the error's text alone; where it was thrown is for the log, unless the handler meant to refuse. */
function judge(error: unknown, log: Log): Outcome {
  const outcome = outcomeOfError(error);
  if (outcome.kind === 'failed' && outcome.reason === 'handler_error')
    log.error('the handler failed', { error: outcome.detail, stack: framesOf(error) });
  return outcome;
}

class Context implements HandlerContext {
  readonly log: Log;
  readonly #time: { readonly signal: AbortSignal };

  constructor(log: Log, time: { readonly signal: AbortSignal }) {
    this.log = log;
    this.#time = time;
  }

  get signal(): AbortSignal {
    return this.#time.signal;
  }
}

/** A logger that adds the same fields to each line. */
function withFields(log: Log, fields: LogFields): Log {
  return {
    debug: (message, more) => log.debug(toText(message), merged(fields, toFields(more))),
    info: (message, more) => log.info(toText(message), merged(fields, toFields(more))),
    warn: (message, more) => log.warn(toText(message), merged(fields, toFields(more))),
    error: (message, more) => log.error(toText(message), merged(fields, toFields(more))),
  };
}

/** A payload's `source` is another than the one by which lines are found: what has a name of ours gets an underscore. */
function merged(ours: LogFields, theirs: LogFields): LogFields {
  return { ...ours, ...withoutNames(theirs, new Set(Object.keys(ours))) };
}

/** A logger of the host may throw for what is no text, or write nothing of an error; so does `String` of an object. */
function toText(message: unknown): string {
  if (message instanceof Error) return describeThrown(message);
  return typeof message === 'object' && message !== null
    ? inspect(message, { breakLength: Infinity })
    : String(message);
}

/** Handlers are not all type-checked, and other loggers take an error or a text in the place of the fields. */
function toFields(more: unknown): LogFields {
  if (more instanceof Error) return { error: describeThrown(more), stack: framesOf(more) };
  if (typeof more === 'string' || typeof more === 'number' || typeof more === 'boolean') return { value: more };
  const fields = Object.entries(more ?? {}) as [string, unknown][];
  return Object.fromEntries(fields.map(([name, value]) => [name, toValue(value)])) as LogFields;
}

/** An error has nothing that JSON takes. */
function toValue(value: unknown): unknown {
  return value instanceof Error ? [describeThrown(value), framesOf(value) ?? []].flat().join('\n') : value;
}
