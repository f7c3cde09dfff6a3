import { outcomeKinds } from '../../delivery/outcome.ts';
import type { Plan } from '../../plan/plan.ts';
import type { JournalFilter } from '../journal/entry.ts';
import { isCursor } from '../journal/search.ts';
import { ApiError } from './api-error.ts';
import { describeUnknown } from './sources.ts';

const defaultLimit = 100;
const maxLimit = 1000;
const maxTextLength = 1000;

/** A limit as all lists take it. @throws ApiError 400 */
export function parseLimit(query: URLSearchParams): number {
  const limit = query.get('limit') ?? String(defaultLimit);
  if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > maxLimit)
    throw new ApiError(400, `limit must be a whole number from 1 to ${maxLimit}`);
  return Number(limit);
}

/**
 * Reads the parameters of `GET /api/deliveries`: `source`, `outcome`, `reason`, `eventType`, `text`, `since`, `until`,
 * `id`, `limit`, `cursor`; those given must all fit.
 *
 * @throws ApiError 400 on a parameter that does not fit
 */
export function parseFilter(query: URLSearchParams, plan: Plan): JournalFilter {
  const filter: JournalFilter = { limit: parseLimit(query) };
  const source = query.get('source');
  if (source !== null) {
    if (!plan.sources.some(({ id }) => id === source)) throw new ApiError(400, describeUnknown(source));
    filter.source = source;
  }
  const outcome = query.get('outcome');
  if (outcome !== null) {
    const kind = outcomeKinds.find((each) => each === outcome);
    if (!kind) throw new ApiError(400, `outcome must be one of ${outcomeKinds.join(', ')}`);
    filter.outcome = kind;
  }
  for (const name of ['reason', 'eventType', 'text', 'id'] as const) {
    const value = query.get(name);
    if (value === null || (value === '' && name !== 'id')) continue;
    if (value.length > maxTextLength) throw new ApiError(400, `${name} is longer than ${maxTextLength} characters`);
    filter[name] = value;
  }
  for (const name of ['since', 'until'] as const) {
    const time = query.get(name);
    if (time !== null) filter[name] = parseTime(name, time);
  }
  const cursor = query.get('cursor');
  if (cursor !== null) {
    if (!isCursor(cursor)) throw new ApiError(400, 'cursor must be one that an answer’s Link header gave');
    filter.after = cursor;
  }
  return filter;
}

/** @throws ApiError 400 */
export function parseTime(name: string, text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time)) throw new ApiError(400, `${name} must be a time in ISO 8601, such as 2026-01-31T08:00:00Z`);
  return time;
}
