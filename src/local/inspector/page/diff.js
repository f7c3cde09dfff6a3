/**
 * What differs between two JSON values, by path.
 *
 * @typedef {{path: string, kind: 'added' | 'removed' | 'changed', before?: string, after?: string}} Difference
 */

/** More than these are not told. */
export const maxDifferences = 500;

/** @param {string} before JSON @param {string} after JSON @returns {Difference[]} at most 500 @throws {SyntaxError} */
export function differences(before, after) {
  /** @type {Difference[]} */
  const found = [];
  compare('', parse(before), parse(after), found);
  return found.slice(0, maxDifferences);
}

/**
 * What TypeScript's own types lack. https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/JSON/rawJSON
 *
 * @typedef {{
 *   parse(text: string, revive: (key: string, value: unknown, context: {source?: string}) => unknown): unknown,
 *   rawJSON(text: string): unknown,
 *   isRawJSON(value: unknown): value is {rawJSON: string},
 * }} RawJson
 */

/** Undefined in a browser that lacks it: numbers are then compared as they are read. */
const raw = 'rawJSON' in JSON ? /** @type {RawJson} */ (/** @type {unknown} */ (JSON)) : undefined;

/**
 * JSON's values, numbers as they are written: two ids of 64 bits may be one number once they are parsed.
 *
 * @param {string} text @returns {unknown}
 */
function parse(text) {
  if (!raw) return JSON.parse(text);
  return raw.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined ? raw.rawJSON(source) : value,
  );
}

/** The text of a number. @param {unknown} value @returns {string | undefined} */
function numberText(value) {
  return raw?.isRawJSON(value) ? value.rawJSON : undefined;
}

/** @param {string} path @param {unknown} before @param {unknown} after @param {Difference[]} found */
function compare(path, before, after, found) {
  if (found.length > maxDifferences || Object.is(before, after)) return;
  const number = numberText(before);
  if (number !== undefined && number === numberText(after)) return;
  const [a, b] = [entriesOf(before), entriesOf(after)];
  if (!a || !b || Array.isArray(before) !== Array.isArray(after)) {
    found.push({ path, kind: 'changed', before: short(before), after: short(after) });
    return;
  }
  for (const [key, value] of a) {
    const at = path === '' ? key : `${path}.${key}`;
    if (b.has(key)) compare(at, value, b.get(key), found);
    else found.push({ path: at, kind: 'removed', before: short(value) });
  }
  for (const [key, value] of b)
    if (!a.has(key)) found.push({ path: path === '' ? key : `${path}.${key}`, kind: 'added', after: short(value) });
}

/** @param {unknown} value */
function entriesOf(value) {
  return typeof value === 'object' && value !== null && numberText(value) === undefined
    ? new Map(Object.entries(value))
    : undefined;
}

/** @param {unknown} value */
function short(value) {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 160 ? `${text.slice(0, 160)} …` : text;
}
