import type { QueryParameters } from '../signature/query.ts';
import { parseTimestamp } from '../signature/timestamp.ts';
import type { TimestampLocation } from '../signature/scheme.ts';
import type { HeaderFields } from '../signature/types.ts';
import type { BodyView } from './body-view.ts';
import { locate } from './locate.ts';
import type { Provider } from './provider.ts';

/** The furthest time that a `Date` can hold. */
const maxEpochMs = 8_640_000_000_000_000;

/**
 * When the event happened at the provider, as the request says, in epoch milliseconds. Undefined where the definition
 * names no place, or none of the places holds a time in its unit.
 */
export function findOccurredAt(
  { occurredAt = [] }: Pick<Provider, 'occurredAt'>,
  request: { headers: HeaderFields; query?: QueryParameters | undefined },
  body: BodyView,
): number | undefined {
  for (const { at, unit } of occurredAt) {
    const text = locate(at, request, body);
    const time = text === undefined ? undefined : readTime(unit, text);
    if (time !== undefined) return time;
  }
  return undefined;
}

/** A time in that unit in epoch milliseconds; undefined if it is none, or none that a `Date` can hold. */
export function readTime(unit: TimestampLocation['unit'], text: string): number | undefined {
  const time = parseTimestamp(unit, text);
  return time !== undefined && time <= maxEpochMs ? time : undefined;
}
