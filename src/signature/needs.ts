import type { RequestNeeds, Scheme } from './scheme.ts';

/** What a scheme needs of a request beyond headers and body. */
export function needsOf(scheme: Scheme): RequestNeeds {
  const needs = { url: false, method: false, query: [] };
  if (scheme.scheme === 'code') return scheme.needs ?? needs;
  if (scheme.scheme === 'token' || scheme.scheme === 'basic' || scheme.scheme === 'none') return needs;
  const has = (name: string) => scheme.message.some((part) => typeof part === 'object' && part.part === name);
  return { ...needs, url: has('url'), method: has('method') };
}
