import { randomInt, randomUUID } from 'node:crypto';
import type { Provider, Sample } from '../catalogue/provider.ts';
import { getPath, setPath } from '../signature/json-path.ts';
import type { UnsignedRequest } from '../signature/scheme.ts';

/**
 * A sample as the provider would send it now: under a delivery id of its own, so that no deduplication takes it for the
 * one before. Where the provider sends no id, or in a place that is hard to write to, it keeps the sample's.
 */
export function freshRequest(
  provider: Pick<Provider, 'deliveryId'>,
  sample: Sample,
  { url, now }: { url: string; now: number },
): UnsignedRequest & { headers: Record<string, string> } {
  const headers: Record<string, string> = { ...sample.headers };
  let { body } = sample;
  const [at] = provider.deliveryId === 'hash' ? [] : provider.deliveryId.at;
  const old = at && 'header' in at ? headers[at.header] : undefined;
  if (at && 'header' in at && old !== undefined) headers[at.header] = freshId(old);
  if (at && 'json' in at) body = withFreshId(body, at.json);
  return { headers, body: Buffer.from(body), timestamp: now, url, method: 'POST' };
}

function withFreshId(body: string, path: string): string {
  try {
    const json = JSON.parse(body) as unknown;
    const old = getPath(json, path);
    // A number stays one: handlers may rely on it.
    const fresh = typeof old === 'number' ? randomInt(2 ** 31) : typeof old === 'string' ? freshId(old) : undefined;
    return fresh !== undefined && setPath(json, path, fresh) ? JSON.stringify(json) : body;
  } catch {
    return body;
  }
}

/** With the sample's own prefix, such as `evt_`. */
function freshId(old: string): string {
  const prefix = /^[a-z]+_/i.exec(old)?.[0];
  return prefix === undefined ? randomUUID() : prefix + randomUUID().replaceAll('-', '');
}
