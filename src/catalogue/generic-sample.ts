import { covers } from '../signature/coverage.ts';
import { getPath, setPath } from '../signature/json-path.ts';
import { isKeyed } from '../signature/keyed.ts';
import { needsOf } from '../signature/needs.ts';
import { readsForm, readsJson } from '../signature/reads-body.ts';
import type { Locator, Scheme } from '../signature/scheme.ts';
import { jsonSample } from './json-sample.ts';
import type { Provider, Sample } from './provider.ts';
import { schemesOf } from './scheme-of.ts';

/** What the places of a definition hold in a sample that is made up. */
const values = { type: 'sample.created', plainType: 'sample', id: 'evt_1', message: 'A sample from Hookport' };

/**
 * A request that is made up from a definition: JSON, or a form where the definition looks into one, with an event type and
 * an id wherever it looks for them first.
 */
export function genericSample(provider: Provider): Sample {
  const { eventType, deliveryId, items } = provider;
  const headers: Record<string, string> = {};
  const query = new Map<string, string>();
  const form = new URLSearchParams();
  const json: Record<string, unknown> = { message: values.message };
  const put = (locator: Locator | undefined, value: string) => {
    if (locator === undefined) return;
    if ('header' in locator) headers[locator.header] = value;
    else if ('query' in locator) query.set(locator.query, value);
    else if ('json' in locator) setPath(json, locator.json, value);
    else if ('jsonKey' in locator) setPath(json, locator.jsonKey[0] ?? '', { message: values.message });
    else if ('jsonAll' in locator) for (const path of locator.jsonAll) setPath(json, path, value);
    else if ('form' in locator) form.set(locator.form, value);
    else if ('formJson' in locator) {
      const inner = {};
      setPath(inner, locator.formJson[1], value);
      form.set(locator.formJson[0], JSON.stringify(inner));
    }
  };
  const type = isSignedApart(eventType[0], provider) ? values.plainType : values.type;
  put(eventType[0], type);
  put(deliveryId === 'hash' ? undefined : deliveryId.at[0], values.id);
  const schemes = Object.values(schemesOf(provider));
  for (const path of schemes.flatMap(signedFields))
    if (getPath(json, path) === undefined) setPath(json, path, values.id);
  for (const name of schemes.flatMap(signedParameters)) if (!query.has(name)) query.set(name, values.plainType);
  const parameters = query.size === 0 ? {} : { query: Object.fromEntries(query) };
  if (!schemes.some(readsJson) && (form.size > 0 || schemes.some(readsForm))) {
    form.set('message', values.message);
    const contentType = { 'content-type': 'application/x-www-form-urlencoded' };
    return { event: type, headers: { ...contentType, ...headers }, body: form.toString(), ...parameters };
  }
  const listed = withLists(json);
  for (const path of schemes.flatMap(onlyItems))
    if (!Array.isArray(getPath(listed, path))) setPath(listed, path, [{ message: values.message }]);
  return { ...jsonSample(type, items ? withItems(listed, items) : listed, headers), ...parameters };
}

/** A path such as `items.0.id` means a list, where setting its value has made an object with the key `0`. */
function withLists(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withLists(inner)] as const);
  const isList = entries.length > 0 && entries.every(([key], index) => key === String(index));
  return isList ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

/** One item, with what the definition reads in it already. */
function withItems(json: unknown, { path, type, id }: NonNullable<Provider['items']>): unknown {
  const first = getPath(json, path === '' ? '0' : `${path}.0`);
  const item = { message: values.message, ...(typeof first === 'object' && first) };
  if (type !== undefined) setPath(item, type, values.type);
  if (id !== undefined && getPath(item, id) === undefined) setPath(item, id, values.id);
  if (path === '') return [item];
  setPath(json, path, [item]);
  return json;
}

/** Where there must be a list with one item. */
function onlyItems(scheme: Scheme): string[] {
  return scheme.scheme === 'hmac' && scheme.onlyItem !== undefined ? [scheme.onlyItem] : [];
}

/** Whether it is signed beside the body, and so may not hold the character that stands behind it in the message. */
function isSignedApart(locator: Locator | undefined, provider: Provider): boolean {
  if (locator === undefined || !('header' in locator || 'query' in locator)) return false;
  return Object.values(schemesOf(provider)).some((scheme) => covers(scheme, locator));
}

/** What the URL must hold, or nothing can be signed; a token is what signing adds. */
function signedParameters(scheme: Scheme): readonly string[] {
  return scheme.scheme === 'token' ? [] : needsOf(scheme).query;
}

/** Where JSON must hold something, or nothing can be signed. */
function signedFields(scheme: Scheme): string[] {
  if (!isKeyed(scheme)) return [];
  return scheme.message.flatMap((part) =>
    typeof part === 'object' && part.part === 'json' && part.optional !== true ? [part.path] : [],
  );
}
