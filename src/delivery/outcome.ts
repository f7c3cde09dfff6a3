import type { RejectionReason } from '../signature/types.ts';

/** Why a delivery was put aside for good, beyond what a verification refuses. */
export const otherRejections = {
  malformed_message: 'the queue message is not one that the endpoint writes; somebody else may have sent it',
  context_mismatch: 'the message’s attributes name different requests: a header value may have injected some',
  unknown_wire_version: 'the message was written by a mapping that this version does not know',
  other_provider:
    'the message came in while the source had another provider, so its sender was not asked for the token that counts now',
  permanent_error: 'the handler threw PermanentError',
  payload_mismatch: 'the verified payload does not match the source’s payloadSchema',
  forward_refused: 'what the source forwards to refused the verified delivery for good',
} as const;

/** Why a delivery stays in its queue and is tried again. */
export const failureReasons = {
  handler_error: 'the handler threw, or returned what says that it was not done',
  handler_timeout: 'the handler did not return within its timeout',
  handler_not_loaded: 'the handler file could not be loaded',
  handler_crashed: 'the thread of the handler ended while it ran',
  retry_after: 'the handler asked for a retry with RetryAfter',
  secret_missing: 'the source has no secret, or an empty one',
  secret_unreadable: 'the secret could not be read',
  secret_unusable: 'a configured secret is not in the form that the provider needs',
  key_unavailable: 'the key that the verification needs could not be fetched from the provider',
  secret_maybe_old:
    'the signature does not match a secret that was read before the delivery arrived, or over a minute ago',
  in_progress: 'the same delivery is being handled right now',
  forward_failed: 'the verified delivery could not be forwarded',
  deduplication_unavailable: 'the record of completed deliveries could not be read or written',
  internal_error: 'Hookport itself failed; please report it',
} as const;

export type RejectedReason = RejectionReason | keyof typeof otherRejections;
export type FailureReason = keyof typeof failureReasons;

/** What became of one delivery: design words, switch over `kind`. */
export type Outcome =
  | { kind: 'handled' }
  | { kind: 'ignored' }
  | { kind: 'duplicate' }
  | { kind: 'rejected'; reason: RejectedReason; detail: string }
  | {
      kind: 'failed';
      reason: FailureReason;
      detail: string;
      /** The delay before the next attempt, when something other than the backoff decides it. */
      retryAfterSeconds?: number;
    };

export type OutcomeKind = Outcome['kind'];

/** In the order in which people read them. */
export const outcomeKinds = [
  'handled',
  'ignored',
  'duplicate',
  'rejected',
  'failed',
] as const satisfies readonly OutcomeKind[];

/** Of a delivery that was handed over, and of which nothing was said. */
export const unreported: Outcome = { kind: 'failed', reason: 'internal_error', detail: 'no outcome was reported' };
