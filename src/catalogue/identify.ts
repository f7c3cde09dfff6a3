import { hash } from 'node:crypto';
import { covers, coversBody } from '../signature/coverage.ts';
import type { QueryParameters } from '../signature/query.ts';
import type { Locator } from '../signature/scheme.ts';
import { type Body, bytesOf } from '../signature/text.ts';
import type { HeaderFields } from '../signature/types.ts';
import { BodyView } from './body-view.ts';
import { sharedItemType } from './items.ts';
import { locate } from './locate.ts';
import { findOccurredAt } from './occurred-at.ts';
import type { Provider } from './provider.ts';
import { schemeOf } from './scheme-of.ts';

/** What a request says of itself. */
export interface Identity {
  /**
   * What the provider calls the event; undefined if the request does not say, or if it carries several events of
   * different types.
   */
  eventType: string | undefined;
  /** The provider's own id, or `sha256-` and the hash of the body and its event type. The same on a redelivery. */
  deliveryId: string;
  /**
   * Whether the signature covers the id. If not, whoever caught one genuine request can send it again under another
   * id, so an id alone proves nothing about replays.
   */
  idSigned: boolean;
  /** When the event happened at the provider, in epoch milliseconds; undefined if the request does not say. */
  occurredAt: number | undefined;
}

/**
 * Finds out what a request is about. Never throws: a body that cannot be read has no event type and a hash for an id.
 *
 * @param alternative Which of the provider's schemes the source verifies with. @default the first
 */
export function identify(
  provider: Provider,
  request: { headers: HeaderFields; body: Body; query?: QueryParameters | undefined },
  alternative?: string,
): Identity {
  const scheme = schemeOf(provider, alternative);
  const body = new BodyView(request.body);
  const typed = findEventType(provider, request, body);
  const eventType = typed ? typed.text : sharedItemType(provider, body);
  const occurredAt = findOccurredAt(provider, request, body);
  if (provider.deliveryId !== 'hash')
    for (const locator of provider.deliveryId.at) {
      const deliveryId = locate(locator, request, body);
      if (deliveryId !== undefined)
        return { eventType, deliveryId, idSigned: provider.deliveryId.signed && covers(scheme, locator), occurredAt };
    }
  const typeSigned = typed === undefined || covers(scheme, typed.at);
  const idSigned = coversBody(scheme) && typeSigned;
  return { eventType, deliveryId: contentId(eventType, request.body), idSigned, occurredAt };
}

function findEventType(
  { eventType }: Provider,
  request: { headers: HeaderFields; query?: QueryParameters | undefined },
  body: BodyView,
): { text: string; at: Locator } | undefined {
  for (const at of eventType) {
    const text = locate(at, request, body);
    if (text !== undefined) return { text, at };
  }
  return undefined;
}

function contentId(eventType: string | undefined, body: Body): string {
  // Not the time of the signature, which may be another on a retry: these bodies hold the event's own.
  // The length before the type keeps "a" + "bc" apart from "ab" + "c".
  const head = Buffer.from(`${eventType?.length ?? 0}:${eventType ?? ''}`);
  return `sha256-${hash('sha256', Buffer.concat([head, bytesOf(body)]))}`;
}
