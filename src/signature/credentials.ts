import type { Scheme } from './scheme.ts';

/** Lower-case names of the headers that carry a static credential in clear text, never to be shown or passed on. */
export function credentialHeaders(scheme: Scheme): readonly string[] {
  if (scheme.scheme === 'token') return [scheme.at.header];
  return scheme.scheme === 'basic' ? ['authorization'] : [];
}
