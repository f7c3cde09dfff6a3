import { outcomeKinds } from '../../delivery/outcome.ts';
import type { JournalAttempt, JournalEntry, JournalFilter } from '../journal/entry.ts';
import { ApiError } from './api-error.ts';
import type { ApiContext } from './context.ts';

/** One delivery as `GET /api/deliveries` tells it; null stands for what is not known. */
export type DeliveryState = {
  id: string | null;
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
  attempt: number;
  deadLettered: boolean;
  durationMs: number;
  secretVersion: string | null;
};

const defaultLimit = 100;
const maxLimit = 1000;

/** Newest first. @throws ApiError 400 on a parameter that does not fit */
export async function listDeliveries({ journal, plan }: ApiContext, query: URLSearchParams): Promise<DeliveryState[]> {
  const filter: JournalFilter = { limit: defaultLimit };
  const source = query.get('source');
  if (source !== null) {
    if (!plan.sources.some(({ id }) => id === source)) throw new ApiError(400, `no source is called "${source}"`);
    filter.source = source;
  }
  const outcome = query.get('outcome');
  if (outcome !== null) {
    const kind = outcomeKinds.find((each) => each === outcome);
    if (!kind) throw new ApiError(400, `outcome must be one of ${outcomeKinds.join(', ')}`);
    filter.outcome = kind;
  }
  const id = query.get('id');
  if (id !== null) filter.id = id;
  const limit = query.get('limit');
  if (limit !== null) {
    if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > maxLimit)
      throw new ApiError(400, `limit must be a whole number from 1 to ${maxLimit}`);
    filter.limit = Number(limit);
  }
  return (await journal.list(filter)).map(toState);
}

/** One delivery and its attempts, oldest first; each attempt's `finishedAt` is ISO 8601. */
export type DeliveryHistory = DeliveryState & {
  attempts: (Omit<JournalAttempt, 'finishedAt'> & { finishedAt: string })[];
};

/** @throws ApiError 404 when the journal knows no delivery of that id */
export async function showDelivery({ journal }: ApiContext, id: string): Promise<DeliveryHistory> {
  const found = await journal.find(id);
  if (!found) throw new ApiError(404, 'the journal knows no delivery of this id');
  const attempts = found.attempts.map((attempt) => ({
    ...attempt,
    finishedAt: new Date(attempt.finishedAt).toISOString(),
  }));
  return { ...toState(found), attempts };
}

function toState(entry: JournalEntry): DeliveryState {
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
