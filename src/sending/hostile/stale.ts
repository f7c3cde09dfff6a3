import { toleranceOf } from '../../signature/tolerance.ts';
import { genuine } from './genuine.ts';
import type { HostileMode } from './mode.ts';

/** Beyond the tolerance by more than any two clocks differ. */
const beyondSeconds = 60;

/** Somebody recorded a request and sends it again later. */
export const stale: HostileMode = {
  description: 'sign with a timestamp that is too old',
  inapplicable: ({ scheme }) =>
    toleranceOf(scheme) === undefined
      ? 'no timestamp is signed and checked, so an old request is as good as a new one; `deduplicate` helps'
      : undefined,
  async make(sender, sample) {
    const tolerance = sender.toleranceSeconds ?? toleranceOf(sender.scheme) ?? 0;
    const age = tolerance + beyondSeconds;
    const request = await genuine(sender, sample, sender.now - age * 1000);
    const what = `signed ${age} s ago, where ${tolerance} s are allowed`;
    return [{ ...request, what, expected: { kind: 'rejected', reason: 'stale_timestamp' } }];
  },
};
