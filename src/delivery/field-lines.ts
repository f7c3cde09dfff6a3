import type { Provider } from '../catalogue/provider.ts';
import { nameOf } from './header-labels.ts';

/**
 * What a message may have, by name. Of the provider that the source had before it may have more, a static token among it, which
 * nothing of this one would hide: that is left out.
 */
export type Listed = Pick<Provider, 'headers' | 'query'>;

/** Headers and query parameters of a request. */
export interface Fields {
  headers: Record<string, string>;
  query?: Record<string, string>;
  /** Something was left out, since the provider does not list it. */
  foreign?: true;
}

/**
 * Lines of version 3, each with a line feed behind it: the headers, then the query parameters, each behind a question mark, and the
 * request id. What the provider does not list is left out, as is a header whose name was cut and stands for none of the names any more.
 *
 * @returns undefined unless there are as many as `counts` says and each is as the endpoint writes it
 */
export function parseLines(
  text: string,
  counts: { headers: number; query: number },
  { id, listed }: { id: string; listed: Listed | undefined },
): Fields | undefined {
  // Of headers an ordinary object: one without a prototype is slow to read.
  const fields: Fields = { headers: {} };
  const all = counts.headers + counts.query;
  let end = -1;
  for (let line = 0; line < all; line++) {
    const start = end + 1;
    end = text.indexOf('\n', start);
    if (end === -1) return undefined;
    const isRead =
      line < counts.headers
        ? addHeader(fields, fieldAt(text, start, end, line), listed)
        : text[start] === '?' && addParameter(fields, text.slice(start + 1, end), listed);
    if (!isRead) return undefined;
  }
  const isWhole = counts.query === 0 ? end + 1 === text.length : text.slice(end + 1) === id && !text.includes('\\');
  return isWhole ? fields : undefined;
}

function addHeader(fields: Fields, field: Field | undefined, listed: Listed | undefined): boolean {
  if (!field) return false;
  const { headers } = fields;
  const name = field.name.startsWith('*') ? nameOf(field.name, Object.keys(listed?.headers ?? {})) : field.name;
  if (name === undefined || (listed && !Object.hasOwn(listed.headers, name))) {
    fields.foreign = true;
    return true;
  }
  if (Object.hasOwn(headers, name)) return false;
  if (field.value !== '') headers[name] = field.value;
  return true;
}

interface Field {
  name: string;
  value: string;
}

/**
 * The field line from `start` to `end`; undefined where it is none.
 *
 * @param line The how-manieth of its message: see {@link lastNames}.
 */
export function fieldAt(text: string, start: number, end: number, line: number): Field | undefined {
  const name = fieldNameAt(text, start, line);
  if (name === undefined) return undefined;
  const colon = start + name.length;
  return { name, value: text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1, end) };
}

const fieldName = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;

/** The names that stood in these lines last. A source has the same each time, and comparing costs less than checking. */
const lastNames: string[] = [];
const maxLastNames = 32;

function fieldNameAt(fields: string, start: number, line: number): string | undefined {
  const last = lastNames[line];
  if (last !== undefined && fields[start + last.length] === ':' && fields.startsWith(last, start)) return last;
  const name = fields.slice(start, Math.max(start, fields.indexOf(':', start)));
  // Assigning to __proto__ would set no header; no provider has one of that name.
  if (!fieldName.test(name) || name === '__proto__') return undefined;
  if (line < maxLastNames) lastNames[line] = name;
  return name;
}

const noParameters = () => Object.create(null) as Record<string, string>;

const parameterName = /^[A-Za-z0-9_-]+$/;

/** @returns false unless the line is as the endpoint writes it */
export function addParameter(fields: Fields, line: string, listed: Listed | undefined): boolean {
  const query = (fields.query ??= noParameters());
  const separator = line.indexOf(': ');
  const name = line.slice(0, Math.max(separator, 0));
  if (!parameterName.test(name) || name in query || line.includes('\\')) return false;
  const value = line.slice(separator + 2);
  if (listed && !Object.hasOwn(listed.query ?? {}, name)) fields.foreign = true;
  else if (value !== '') query[name] = value;
  return true;
}
