import { genuine } from './genuine.ts';
import type { HostileMode } from './mode.ts';

/** A provider delivers again what was handled, or somebody replays it at once. */
export const duplicate: HostileMode = {
  description: 'send the same request twice',
  async make(sender, sample) {
    const request = await genuine(sender, sample);
    const again = sender.deduplicates
      ? ({ what: 'the same again', expected: { kind: 'duplicate' } } as const)
      : ({ what: 'the same again; the source has no `deduplicate`', expected: { kind: 'taken' } } as const);
    return [
      { ...request, what: 'a genuine one', expected: { kind: 'taken' } },
      { ...request, ...again },
    ];
  },
};
