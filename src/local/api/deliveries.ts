import type { Explanation } from '../explain-kept.ts';
import type { JournalContent } from '../journal/entry.ts';
import { ApiError } from './api-error.ts';
import type { ApiContext } from './context.ts';
import { parseFilter } from './delivery-filter.ts';
import { type DeliveryHistory, type DeliveryState, toState } from './delivery-state.ts';
import { findSource } from './sources.ts';

/** A page of deliveries, and what its answer says in headers beside them. */
export interface DeliveryPage {
  deliveries: DeliveryState[];
  headers: Record<string, string>;
}

/**
 * `GET /api/deliveries`, newest arrival first. `Link: <…>; rel="next"` leads to the next page. A search that would take
 * long stops: `Hookport-Searched-Back-To` then says how far it came, and the next page goes on from there.
 *
 * @throws ApiError 400 on a parameter that does not fit
 */
export async function listDeliveries({ journal, plan }: ApiContext, query: URLSearchParams): Promise<DeliveryPage> {
  const { entries, next, searchedBackTo } = await journal.list(parseFilter(query, plan));
  const headers: Record<string, string> = {};
  if (next !== undefined) {
    const following = new URLSearchParams(query);
    following.set('cursor', next);
    headers['link'] = `</api/deliveries?${following.toString()}>; rel="next"`;
  }
  if (searchedBackTo !== undefined) headers['hookport-searched-back-to'] = new Date(searchedBackTo).toISOString();
  return { deliveries: entries.map(toState), headers };
}

/** `GET /api/deliveries/<id>`, by request id, message id or delivery id. @throws ApiError 404 */
export async function showDelivery(context: ApiContext, id: string): Promise<DeliveryHistory> {
  const kept = await readDelivery(context, id);
  return {
    ...toState(kept),
    sourceIp: kept.sourceIp ?? null,
    suspectedReplay: kept.suspectedReplay,
    finishedAt: isoTime(kept.finishedAt),
    attempts: kept.attempts.map((attempt) => ({ ...attempt, finishedAt: isoTime(attempt.finishedAt) })),
    headers: kept.headers,
    query: kept.query ?? {},
    body: kept.body,
  };
}

/** `GET /api/deliveries/<id>/verification`. @throws ApiError 404 */
export async function explainDelivery(context: ApiContext, id: string): Promise<Explanation> {
  const kept = await readDelivery(context, id);
  return context.explain(findSource(context, kept.source), kept);
}

/** @throws ApiError 404 when the journal knows no delivery of that id */
export async function readDelivery({ journal }: ApiContext, id: string): Promise<JournalContent> {
  const kept = await journal.read(id);
  if (!kept) throw new ApiError(404, 'the journal knows no delivery of this id');
  return kept;
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
