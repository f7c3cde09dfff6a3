import { parseForm } from '../../signature/form.ts';
import { getPath, setPath } from '../../signature/json-path.ts';
import { type Body, decodeUtf8 } from '../../signature/text.ts';
import type { SignedRequest } from '../../signature/types.ts';
import { tryParseJson } from '../body-view.ts';

/** Something that signing put into a request: a signature, a timestamp, a token. */
export interface SignedValue {
  /** The header, the query parameter, or the place in the body. */
  name: string;
  where: 'header' | 'query' | 'body';
  value: string;
  /** The request with something else there: several values at once, or nothing at all. */
  put: (value: string | readonly string[] | undefined) => SignedRequest;
}

/** The headers that signing added. */
export function headerValues(request: SignedRequest, added: Readonly<Record<string, string>>): SignedValue[] {
  return Object.entries(added).map(([name, value]) => ({
    name,
    where: 'header',
    value,
    put(other) {
      const { [name]: _, ...headers } = request.headers;
      return { ...request, headers: other === undefined ? headers : { ...headers, [name]: other } };
    },
  }));
}

/** The query parameters that signing added, and those that it covers. */
export function queryValues(request: SignedRequest, names: readonly string[]): SignedValue[] {
  return names.map((name) => ({
    name,
    where: 'query',
    value: request.query?.[name] ?? '',
    put(other) {
      const { [name]: _, ...query } = request.query ?? {};
      // What comes more than once is joined by commas, as API Gateway does.
      return { ...request, query: other === undefined ? query : { ...query, [name]: [other].flat().join(',') } };
    },
  }));
}

/** The fields that signing changed in a JSON or form body: found by comparing, whatever the scheme says of itself. */
export function bodyValues(request: SignedRequest, before: Body): SignedValue[] {
  if (before === request.body) return [];
  const json = tryParseJson(decodeUtf8(request.body));
  if (json === undefined) return formValues(request, parseForm(before) ?? []);
  const old = tryParseJson(decodeUtf8(before));
  const changed = leaves(json).filter(([path, value]) => getPath(old, path) !== value);
  return changed.map(([name, value]) => ({
    name,
    where: 'body',
    value: String(value),
    put(other) {
      const body = structuredClone(json);
      setPath(body, name, other);
      return { ...request, body: Buffer.from(JSON.stringify(body)) };
    },
  }));
}

function formValues(request: SignedRequest, before: readonly [name: string, value: string][]): SignedValue[] {
  const fields = parseForm(request.body) ?? [];
  const added = fields.filter(([name, value]) => !before.some(([key, old]) => key === name && old === value));
  return added.map(([name, value]) => ({
    name,
    where: 'body',
    value,
    put(other) {
      const form = new URLSearchParams(fields.filter(([key]) => key !== name));
      for (const each of other === undefined ? [] : [other].flat()) form.append(name, each);
      return { ...request, body: Buffer.from(form.toString()) };
    },
  }));
}

/** Every plain value with its dot path. */
function leaves(json: unknown, path = ''): [path: string, value: unknown][] {
  if (typeof json !== 'object' || json === null) return [[path, json]];
  return Object.entries(json).flatMap(([key, value]) => leaves(value, path === '' ? key : `${path}.${key}`));
}
