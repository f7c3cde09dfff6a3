import { getPath, scalarText } from '../signature/json-path.ts';
import type { BodyView } from './body-view.ts';
import { readTime } from './occurred-at.ts';
import type { Items, Provider } from './provider.ts';

/** One of the events of a request, as far as it says. */
export interface Item {
  id: string | undefined;
  eventType: string | undefined;
  /** Epoch milliseconds. */
  occurredAt: number | undefined;
  payload: unknown;
}

/** The events of a request that carries several, in its order; undefined if it carries no array of them. */
export function itemsOf({ items }: Pick<Provider, 'items'>, payload: unknown): Item[] | undefined {
  const events = items && getPath(payload, items.path);
  if (!Array.isArray(events)) return undefined;
  return events.map((event: unknown) => ({
    id: items?.id === undefined ? undefined : textAt(event, items.id),
    eventType: items?.type === undefined ? undefined : textAt(event, items.type),
    occurredAt: timeAt(event, items?.occurredAt),
    payload: event,
  }));
}

/** The event type that all events of one request share; undefined if they differ, or if the request carries none. */
export function sharedItemType({ items }: Pick<Provider, 'items'>, body: BodyView): string | undefined {
  if (items?.type === undefined) return undefined;
  const { path, type } = items;
  const events = getPath(body.json(), path);
  if (!Array.isArray(events)) return undefined;
  const first = textAt(events[0], type);
  return events.every((event) => textAt(event, type) === first) ? first : undefined;
}

function textAt(event: unknown, path: string): string | undefined {
  const text = scalarText(getPath(event, path));
  return text === '' ? undefined : text;
}

function timeAt(event: unknown, place: Items['occurredAt']): number | undefined {
  const text = place && textAt(event, place.path);
  return text === undefined || place === undefined ? undefined : readTime(place.unit, text);
}
