import type { Scheme } from '../../signature/scheme.ts';
import type { SignedRequest, Verdict } from '../../signature/types.ts';
import { verify } from '../../signature/verify.ts';
import { identify } from '../identify.ts';
import { mappedHeaders } from '../mapped-headers.ts';
import { mappedQuery } from '../mapped-query.ts';
import type { Provider, Vector } from '../provider.ts';
import { schemeOf } from '../scheme-of.ts';

/**
 * Checks a definition against a vector, on the headers and query parameters alone that a source would keep.
 *
 * @returns what is not as the vector says; nothing where all is
 */
export async function checkVector(provider: Provider, vector: Vector): Promise<string[]> {
  const scheme = schemeOf(provider, vector.verify);
  if (vector.receivedAt === undefined && 'timestamp' in scheme && scheme.timestamp)
    return ['the provider signs a timestamp; say with receivedAt when the request arrived'];
  const request = requestOf(provider, scheme, vector);
  const verdict = await verify(withoutPublished(scheme), request, [vector.secret]);
  const wrong: string[] = [];
  if (said(verdict) !== vector.expect) wrong.push(`expected ${vector.expect}, got ${described(verdict)}`);
  const found = identify(provider, request, vector.verify);
  for (const key of ['eventType', 'deliveryId'] as const)
    if (vector[key] !== undefined && found[key] !== vector[key])
      wrong.push(`expected the ${key} ${vector[key]}, found ${found[key] ?? 'none'}`);
  return wrong;
}

function requestOf(provider: Provider, scheme: Scheme, vector: Vector): SignedRequest {
  const kept = mappedHeaders(provider, scheme);
  const keptQuery = mappedQuery(provider, scheme);
  return {
    headers: Object.fromEntries(Object.entries(vector.headers).filter(([name]) => kept[name] === 'always')),
    query: Object.fromEntries(Object.entries(vector.query ?? {}).filter(([name]) => keptQuery[name] === 'always')),
    body: vector.body,
    receivedAt: vector.receivedAt ?? 0,
    method: vector.method ?? 'POST',
    ...(vector.url !== undefined && { url: vector.url }),
  };
}

/** The secrets of vectors are refused everywhere but here. */
function withoutPublished(scheme: Scheme): Scheme {
  if (!('publishedSecrets' in scheme)) return scheme;
  const { publishedSecrets: _, ...rest } = scheme;
  return rest;
}

function said(verdict: Verdict): Vector['expect'] {
  return verdict.ok ? 'verified' : verdict.reason;
}

function described(verdict: Verdict): string {
  return verdict.ok ? 'verified' : `${verdict.reason}: ${verdict.detail}`;
}
