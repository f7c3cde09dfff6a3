/**
 * What differs between two JSON values, by path.
 *
 * @typedef {{path: string, kind: 'added' | 'removed' | 'changed', before?: string, after?: string}} Difference
 */

const maxDifferences = 500;

/** @param {unknown} before @param {unknown} after @returns {Difference[]} at most 500 */
export function differences(before, after) {
  /** @type {Difference[]} */
  const found = [];
  compare('', before, after, found);
  return found.slice(0, maxDifferences);
}

/** @param {string} path @param {unknown} before @param {unknown} after @param {Difference[]} found */
function compare(path, before, after, found) {
  if (found.length > maxDifferences || Object.is(before, after)) return;
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
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined;
}

/** @param {unknown} value */
function short(value) {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 160 ? `${text.slice(0, 160)} …` : text;
}
