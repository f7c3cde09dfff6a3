import { randomInt, randomUUID } from 'node:crypto';
import { tryParseJson } from '../catalogue/body-view.ts';
import type { Provider, Sample } from '../catalogue/provider.ts';
import { parseForm } from '../signature/form.ts';
import { getPath, setPath } from '../signature/json-path.ts';
import type { Locator, UnsignedRequest } from '../signature/scheme.ts';

/**
 * A sample as the provider would send it now: under a delivery id of its own, or with new ids of the events in it, so that
 * no deduplication takes it for the one before. Where the provider sends no id it keeps what the sample has.
 */
export function freshRequest(
  provider: Pick<Provider, 'deliveryId' | 'items'>,
  sample: Sample,
  { url, now }: { url: string; now: number },
): UnsignedRequest & Required<Pick<UnsignedRequest, 'headers' | 'query'>> {
  const headers = { ...sample.headers };
  const query = { ...sample.query };
  const places = provider.deliveryId === 'hash' ? [] : provider.deliveryId.at;
  const fresh = withFreshId(sample.body, { headers, query }, places) ?? withFreshItems(sample.body, provider.items);
  return { headers, query, body: Buffer.from(fresh ?? sample.body), timestamp: now, url, method: 'POST' };
}

/** Makes the id new where it stands: in one of `beside`, or in the body that comes back. Undefined where there is none. */
function withFreshId(
  body: string,
  beside: Record<'headers' | 'query', Record<string, string>>,
  places: readonly Locator[],
): string | undefined {
  for (const place of places) {
    if ('header' in place || 'query' in place) {
      const [fields, name] = 'header' in place ? [beside.headers, place.header] : [beside.query, place.query];
      const old = fields[name];
      if (old === undefined) continue;
      fields[name] = freshText(old);
      return body;
    }
    const [first] = 'jsonAll' in place ? place.jsonAll : [];
    const fresh =
      first !== undefined
        ? inJson(body, [first])
        : 'json' in place
          ? inJson(body, [place.json])
          : 'form' in place && inForm(body, place.form);
    if (fresh) return fresh;
  }
  return undefined;
}

function withFreshItems(body: string, items: Provider['items']): string | undefined {
  if (items?.id === undefined) return undefined;
  const { path, id } = items;
  const list = getPath(tryParseJson(body), path);
  if (!Array.isArray(list)) return undefined;
  const at = (index: number) => [path, index, id].filter((step) => step !== '').join('.');
  return inJson(
    body,
    list.map((_, index) => at(index)),
  );
}

/** The body with new ids at these places; undefined where none of them holds one. */
function inJson(body: string, paths: readonly string[]): string | undefined {
  const json = tryParseJson(body);
  const written = paths.map((path) => {
    const old = getPath(json, path);
    // A number stays one: handlers may rely on it.
    if (typeof old === 'number') return setPath(json, path, randomInt(2 ** 31));
    return typeof old === 'string' && setPath(json, path, freshText(old));
  });
  return written.includes(true) ? JSON.stringify(json) : undefined;
}

function inForm(body: string, name: string): string | undefined {
  const fields = parseForm(Buffer.from(body));
  if (!fields?.some(([key]) => key === name)) return undefined;
  const form = fields.map(([key, value]): [string, string] => [key, key === name ? freshText(value) : value]);
  return new URLSearchParams(form).toString();
}

/** With the sample's own prefix, such as `evt_`; digits stay digits. */
function freshText(old: string): string {
  if (/^\d+$/.test(old)) return String(randomInt(2 ** 31));
  const prefix = /^[a-z]+_/i.exec(old)?.[0];
  return prefix === undefined ? randomUUID() : prefix + randomUUID().replaceAll('-', '');
}
