import { checksTime, toleranceOf } from '../signature/tolerance.ts';
import type { Provider } from './provider.ts';
import { findScheme } from './scheme-of.ts';

/**
 * For how long a copy of a request that somebody caught would be taken, in seconds: a signed time counts from the tolerance before
 * it to the tolerance after it. 0 where no time is signed, which sets no limit.
 *
 * @param source Its way of signing, and its own tolerance in the place of the provider's.
 */
export function copyTakenSeconds(
  provider: Pick<Provider, 'verify'>,
  { verify, toleranceSeconds }: { verify?: string; toleranceSeconds?: number },
): number {
  const scheme = findScheme(provider, verify);
  if (!scheme || !checksTime(scheme)) return 0;
  return 2 * (toleranceSeconds ?? toleranceOf(scheme) ?? 0);
}
