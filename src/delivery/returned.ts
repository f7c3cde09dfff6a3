import { types } from 'node:util';

/**
 * Looks into what a handler returned, or its promise gave, for what says that the work was not done: an error, results of
 * `Promise.allSettled` of which one is rejected, a `Response` that is not `ok`, a generator or a function that nobody runs.
 * Anything else means handled.
 *
 * @returns the first that it finds, as if the handler had thrown that error
 */
export function refusalIn(returned: unknown): { error: unknown } | undefined {
  if (typeof returned === 'function') return refusal('a function, which nobody calls');
  if (typeof returned !== 'object' || returned === null) return undefined;
  if (types.isGeneratorObject(returned)) return refusal('a generator, of which nothing runs');
  if (!Array.isArray(returned)) return refusalOf(returned);
  const rejected = returned.every(isSettled) ? returned.find((each) => each.status === 'rejected') : undefined;
  if (rejected) return { error: rejected.reason };
  for (const each of returned) {
    const found = refusalOf(isSettled(each) && each.status === 'fulfilled' ? each.value : each);
    if (found) return found;
  }
  return undefined;
}

/** A `fetch` does not reject where the other side refused. Told by its name, since a handler may bring a `fetch` of its own. */
function refusalOf(value: unknown): { error: unknown } | undefined {
  if (value instanceof Error) return { error: value };
  if (Object.prototype.toString.call(value) !== '[object Response]') return undefined;
  const { ok, status } = value as Response;
  return ok ? undefined : refusal(`a Response with status ${status}`);
}

/** To the letter, since a row of a database may well have a `status` that is `rejected`. */
function isSettled(value: unknown): value is PromiseSettledResult<unknown> {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 2) return false;
  if ('value' in value) return 'status' in value && value.status === 'fulfilled';
  return 'reason' in value && 'status' in value && value.status === 'rejected';
}

/** Without a stack, which would lead here. */
function refusal(what: string): { error: unknown } {
  const error = new Error(`the handler returned ${what}`);
  delete error.stack;
  return { error };
}
