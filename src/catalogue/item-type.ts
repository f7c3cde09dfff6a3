import { getPath, scalarText } from '../signature/json-path.ts';
import type { BodyView } from './body-view.ts';
import type { Provider } from './provider.ts';

/** The event type that all events of one request share; undefined if they differ, or if the request carries none. */
export function sharedItemType({ items }: Pick<Provider, 'items'>, body: BodyView): string | undefined {
  if (items?.type === undefined) return undefined;
  const { path, type } = items;
  const events = getPath(body.json(), path);
  if (!Array.isArray(events)) return undefined;
  const first = scalarText(getPath(events[0], type));
  const shared = events.every((event) => scalarText(getPath(event, type)) === first);
  return shared && first !== '' ? first : undefined;
}
