import type { QueryParameters } from '../../signature/query.ts';
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
  /** Of the secret that matched when it was verified last; undefined where none was, and where nothing is signed. */
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

/**
 * One delivery with all that is kept of it: headers and query parameters without static credentials, and the queue
 * message's body.
 */
export interface JournalContent extends JournalDelivery {
  headers: Readonly<Record<string, string>>;
  /** As the message holds them; undefined where the endpoint keeps none. */
  query?: QueryParameters | undefined;
  body: string;
}

export interface JournalFilter {
  source?: string;
  outcome?: OutcomeKind;
  reason?: string;
  eventType?: string;
  /** Stands in a header, a query parameter, the body, an id or the detail; upper and lower case of ASCII letters count alike. */
  text?: string;
  /** Arrived at or after, epoch milliseconds. */
  since?: number;
  /** Arrived before, epoch milliseconds. */
  until?: number;
  /** The endpoint's request id, the message's or the provider's delivery id. */
  id?: string;
  /** 1 to 1000. */
  limit: number;
  /** `next` of the page before. */
  after?: string;
}

export interface JournalPage {
  /** Newest arrival first. */
  entries: JournalEntry[];
  /** Where to go on; absent when there is nothing more. */
  next?: string;
  /** Present when the search stopped for its time: what arrived since then has been looked at. Epoch milliseconds. */
  searchedBackTo?: number;
}

/** What one source did lately, for a glance. */
export interface SourceActivity {
  /** Arrival of its newest delivery, epoch milliseconds. */
  lastReceivedAt: number | undefined;
  /** The version of the secret that last matched, and when the delivery arrived that it matched. */
  lastMatched: { secretVersion: string; receivedAt: number } | undefined;
  /** Deliveries by their last outcome, by the slot in which they arrived, oldest slot first. */
  outcomes: Readonly<Partial<Record<OutcomeKind, readonly number[]>>>;
}

export interface ActivityRange {
  sources: readonly string[];
  /** Begin of the first slot, epoch milliseconds. */
  from: number;
  slotMs: number;
  slots: number;
}

/** How many of the kept deliveries last came to each outcome, by source. */
export type JournalCounts = Readonly<Record<string, Readonly<Partial<Record<OutcomeKind, number>>>>>;
