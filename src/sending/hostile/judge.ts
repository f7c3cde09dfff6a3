import type { Answered } from '../post.ts';
import type { Expectation } from './mode.ts';

/** What became of a request that the endpoint kept: as the API tells it, or `waiting` in a queue that others consume. */
export type Fate = { outcome: string; reason: string | null } | 'waiting' | undefined;

/**
 * Whether what happened is what had to. Undefined while it is not known what became of a request that was kept.
 *
 * In a queue that others consume nothing is verified, so whatever may be kept waits there.
 */
export function isAsExpected(
  expected: Expectation,
  { status, messageId }: Pick<Answered, 'status' | 'messageId'>,
  fate: Fate,
): boolean | undefined {
  if (expected.kind === 'refused') return status >= 400 && status < 500 && messageId === undefined;
  if (messageId === undefined) return false;
  if (fate === undefined) return undefined;
  if (fate === 'waiting') return true;
  switch (expected.kind) {
    case 'rejected':
      return fate.outcome === 'rejected' && fate.reason === expected.reason;
    case 'taken':
      return fate.outcome === 'handled' || fate.outcome === 'ignored';
    case 'duplicate':
      // What a source ignores it does not remember; either way it is not handed over again.
      return fate.outcome === 'duplicate' || fate.outcome === 'ignored';
  }
}
