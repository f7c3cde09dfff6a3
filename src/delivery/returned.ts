import { types } from 'node:util';

/** How many lists in one another are looked into. */
export const deepestList = 3;

/**
 * Looks into what a handler returned, or its promise gave, for what says that the work was not done: an error, results of
 * `Promise.allSettled` of which one is rejected, a `Response` that is not `ok`, a generator or a function that nobody runs.
 * Anything else means handled. Lists are looked into, and the lists in them.
 *
 * @returns the first that it finds, as if the handler had thrown that error
 */
export function refusalIn(returned: unknown): { error: unknown } | undefined {
  if (typeof returned === 'function') return refusal('a function, which nobody calls');
  if (typeof returned !== 'object' || returned === null) return undefined;
  if (types.isGeneratorObject(returned)) return refusal('a generator, of which nothing runs');
  return Array.isArray(returned) ? refusalInList(returned, deepestList) : refusalOf(returned);
}

function refusalInList(returned: readonly unknown[], levels: number): { error: unknown } | undefined {
  const rejected = returned.every(isSettled) ? returned.find((each) => each.status === 'rejected') : undefined;
  if (rejected) return { error: rejected.reason };
  for (const each of returned) {
    const value = isSettled(each) && each.status === 'fulfilled' ? each.value : each;
    const found = !Array.isArray(value) ? refusalOf(value) : levels > 1 ? refusalInList(value, levels - 1) : undefined;
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
