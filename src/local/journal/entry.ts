import type { FailureReason, OutcomeKind, RejectedReason } from '../../delivery/outcome.ts';

/** What happened to one delivery so far: its last attempt and who it was. Times are epoch milliseconds. */
export interface JournalEntry {
  /** The endpoint's request id, which stays the same through retries and redrives; else the message's id. */
  id: string;
  source: string;
  provider: string;
  messageId: string;
  /** The provider's delivery id; undefined until it was verified. */
  deliveryId: string | undefined;
  eventType: string | undefined;
  receivedAt: number;
  sourceIp: string | undefined;
  outcome: OutcomeKind;
  reason: RejectedReason | FailureReason | undefined;
  /** One sentence for a person, without secret, signature or body. */
  detail: string | undefined;
  /** 1 at the first; counts anew after a redrive. */
  attempt: number;
  deadLettered: boolean;
  durationMs: number;
  finishedAt: number;
  secretVersion: string | undefined;
  suspectedReplay: boolean;
}

/** One attempt at a delivery. */
export type JournalAttempt = Pick<
  JournalEntry,
  'attempt' | 'outcome' | 'reason' | 'detail' | 'deadLettered' | 'durationMs' | 'finishedAt'
>;

/** One delivery with its attempts, oldest first: at most the first 100. */
export interface JournalDelivery extends JournalEntry {
  attempts: readonly JournalAttempt[];
}

export interface JournalFilter {
  source?: string;
  outcome?: OutcomeKind;
  /** The endpoint's request id, the message's or the provider's delivery id. */
  id?: string;
  /** 1 to 1000. */
  limit: number;
}

/** How many of the kept deliveries last came to each outcome, by source. */
export type JournalCounts = Readonly<Record<string, Readonly<Partial<Record<OutcomeKind, number>>>>>;
