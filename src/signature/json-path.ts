/**
 * The value at a dot path such as `event.id` or `items.0.id`; the empty path is the value itself. Own properties
 * only, so that `__proto__` or `constructor` in a path finds nothing but what the body holds.
 */
export function getPath(value: unknown, path: string): unknown {
  let at = value;
  for (const step of steps(path)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string, unknown>)[step];
  }
  return at;
}

/** Sets the value at a dot path and makes the objects that lead there. False where something else is in the way. */
export function setPath(root: unknown, path: string, value: unknown): boolean {
  const way = steps(path);
  const last = way.pop();
  if (last === undefined) return false;
  let at = root;
  for (const step of way) {
    if (typeof at !== 'object' || at === null) return false;
    if (!Object.hasOwn(at, step)) define(at, step, {});
    at = (at as Record<string, unknown>)[step];
  }
  if (typeof at !== 'object' || at === null) return false;
  define(at, last, value);
  return true;
}

/** A plain assignment to `__proto__` would change the prototype instead. */
function define(at: object, key: string, value: unknown): void {
  Object.defineProperty(at, key, { value, writable: true, enumerable: true, configurable: true });
}

function steps(path: string): string[] {
  return path === '' ? [] : path.split('.');
}

/**
 * A JSON string as it is, a number or boolean as JSON writes it; undefined for everything else, and for a number that has
 * lost digits by being parsed: many numbers would have one text.
 */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return keepsDigits(value) ? String(value) : undefined;
  return typeof value === 'boolean' ? String(value) : undefined;
}

function keepsDigits(number: number): boolean {
  return Number.isSafeInteger(number) || (Number.isFinite(number) && !Number.isInteger(number));
}
