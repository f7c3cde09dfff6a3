import type { Scheme } from './scheme.ts';

/** Lower-case names of the headers that carry a static credential in clear text, never to be shown or passed on. */
export function credentialHeaders(scheme: Scheme): readonly string[] {
  if (scheme.scheme === 'token') return 'header' in scheme.at ? [scheme.at.header] : [];
  return scheme.scheme === 'basic' ? ['authorization'] : [];
}

/** Names of the query parameters that carry one. */
export function credentialQuery(scheme: Scheme): readonly string[] {
  return scheme.scheme === 'token' && 'query' in scheme.at ? [scheme.at.query] : [];
}

/** Whether a request carries a static credential, which is never kept beyond its queues. */
export function hasCredential(scheme: Scheme): boolean {
  return scheme.scheme === 'token' || scheme.scheme === 'basic';
}
