import { credentialQuery } from './credentials.ts';
import { isKeyed } from './keyed.ts';
import type { RequestNeeds, Scheme } from './scheme.ts';

/** What a scheme needs of a request beyond headers and body. */
export function needsOf(scheme: Scheme): RequestNeeds {
  const needs = { url: false, method: false, query: [] };
  if (scheme.scheme === 'code') return scheme.needs ?? needs;
  if (scheme.scheme === 'token') return { ...needs, query: credentialQuery(scheme) };
  if (!isKeyed(scheme)) return needs;
  const has = (name: string) => scheme.message.some((part) => typeof part === 'object' && part.part === name);
  const query = scheme.message.flatMap((part) =>
    typeof part === 'object' && part.part === 'query' ? [part.name] : [],
  );
  return { url: has('url'), method: has('method'), query };
}
