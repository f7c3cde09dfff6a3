import { isKeyed } from './keyed.ts';
import type { Scheme } from './scheme.ts';

/**
 * How far the timestamp of a request may lie from its arrival, in seconds; undefined where the scheme signs none or
 * enforces none, so that an old request is as good as a new one.
 */
export function toleranceOf(scheme: Scheme): number | undefined {
  if (scheme.scheme === 'code') return scheme.toleranceSeconds;
  if (!isKeyed(scheme)) return undefined;
  return scheme.timestamp?.toleranceSeconds ?? undefined;
}

/** Whether a tolerance can mean something; code may check one that no data tells of. */
export function checksTime(scheme: Scheme): boolean {
  return scheme.scheme === 'code' || (isKeyed(scheme) && scheme.timestamp !== undefined);
}
