import type { KeyedScheme, Scheme } from './scheme.ts';

export function isKeyed(scheme: Scheme): scheme is KeyedScheme {
  return scheme.scheme === 'hmac' || scheme.scheme === 'publicKey';
}

/** For people: the scheme itself, or the one in data that signs the same as its code. */
export function keyedOf(scheme: Scheme): KeyedScheme | undefined {
  if (scheme.scheme === 'code') return scheme.explainedBy;
  return isKeyed(scheme) ? scheme : undefined;
}
