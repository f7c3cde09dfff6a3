import type { RestingOutcome } from './outcome-attribute.ts';

/** Which dead letters are meant. What is left out selects nothing away: an empty selection is all of them. */
export interface DeadLetterSelection {
  /**
   * Only those that rest for this reason, such as `signature_mismatch`, or for one of these, or of this kind: `rejected`,
   * `failed`. @default all
   */
  reason?: string | readonly string[] | undefined;
  /** Only those that claim this event type; an empty text means those that claim none. @default all */
  eventType?: string | undefined;
  /** Only these, by delivery id, request id or message id. @default all */
  ids?: readonly string[] | undefined;
}

export function isForReason(
  { kind, reason }: Pick<RestingOutcome, 'kind' | 'reason'>,
  wanted?: DeadLetterSelection['reason'],
): boolean {
  if (wanted === undefined) return true;
  if (typeof wanted !== 'string') return wanted.includes(reason);
  // What the queue itself moved was received too often: it failed, for a reason that nobody wrote down.
  return wanted === reason || wanted === (kind === 'unknown' ? 'failed' : kind);
}

/** Whether it takes what a request claims to tell: to find that out, a body is parsed that a stranger may have written. */
export function asksForClaims({ eventType, ids }: DeadLetterSelection): boolean {
  return eventType !== undefined || ids !== undefined;
}

export function isForClaims(
  claims: { eventType: string | null | undefined; ids: readonly (string | null)[] },
  { eventType, ids }: DeadLetterSelection,
): boolean {
  if (eventType !== undefined && eventType !== (claims.eventType ?? '')) return false;
  return ids === undefined || claims.ids.some((id) => id !== null && ids.includes(id));
}
