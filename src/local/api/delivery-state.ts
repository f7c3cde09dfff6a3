import type { AttemptLine } from '../consumer-protocol.ts';
import type { JournalAttempt, JournalEntry } from '../journal/entry.ts';

/** One delivery as `GET /api/deliveries` and `GET /api/events` tell it; null stands for what is not known. */
export type DeliveryState = {
  /** The provider's delivery id; null until it was verified. */
  id: string | null;
  /** The endpoint's request id: the same through retries, redrives and replays. */
  requestId: string;
  messageId: string;
  source: string;
  provider: string;
  eventType: string | null;
  /** ISO 8601. */
  receivedAt: string;
  outcome: JournalEntry['outcome'];
  reason: string | null;
  detail: string | null;
  /** 1 at the first; counts anew after a redrive. */
  attempt: number;
  deadLettered: boolean;
  durationMs: number;
  secretVersion: string | null;
};

/** One delivery with all that is kept of it. */
export type DeliveryHistory = DeliveryState & {
  sourceIp: string | null;
  suspectedReplay: boolean;
  /** ISO 8601, of the last attempt. */
  finishedAt: string;
  /** Oldest first, at most the first 100; `finishedAt` is ISO 8601. */
  attempts: (Omit<JournalAttempt, 'finishedAt'> & { finishedAt: string })[];
  /** Those that the provider's definition keeps, by lower-case name, without static credentials. */
  headers: Readonly<Record<string, string>>;
  /** As `headers`, as the message holds them. */
  query: Readonly<Record<string, string>>;
  body: string;
};

export function toState(entry: JournalEntry): DeliveryState {
  return {
    id: entry.deliveryId ?? null,
    requestId: entry.id,
    messageId: entry.messageId,
    source: entry.source,
    provider: entry.provider,
    eventType: entry.eventType ?? null,
    receivedAt: new Date(entry.receivedAt).toISOString(),
    outcome: entry.outcome,
    reason: entry.reason ?? null,
    detail: entry.detail ?? null,
    attempt: entry.attempt,
    deadLettered: entry.deadLettered,
    durationMs: entry.durationMs,
    secretVersion: entry.secretVersion ?? null,
  };
}

/** The state that an attempt brought its delivery to. */
export function stateAfter({ outcome, requestId, messageId, ...line }: AttemptLine): DeliveryState {
  return toState({
    ...line,
    id: requestId ?? messageId,
    messageId,
    outcome: outcome.kind,
    reason: 'reason' in outcome ? outcome.reason : undefined,
    detail: 'detail' in outcome ? outcome.detail : undefined,
    durationMs: Math.round(line.durationMs),
    suspectedReplay: line.suspectedReplay ?? false,
  });
}
