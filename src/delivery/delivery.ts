import type { Body } from '../signature/text.ts';

/**
 * One verified webhook request, as handlers see it. `body`, `payload` and `items` are made when they are asked for: a copy by
 * spread, `structuredClone` or `JSON.stringify` has none of them.
 *
 * @typeParam Events Payload types by event type, where they are known.
 */
export interface Delivery<Events extends object = Record<string, unknown>> {
  /** The source's id in the YAML. */
  readonly source: string;
  /** The provider's id, such as `github`. */
  readonly provider: string;
  /**
   * The provider's delivery id, or a hash where the provider sends none. The same on a redelivery. It is only as
   * trustworthy as `idSigned` says.
   */
  readonly id: string;
  /** Whether the signature covers `id`. */
  readonly idSigned: boolean;
  /** What the provider calls this event, such as `push` or `transaction.completed`. */
  readonly eventType: string | undefined;
  /**
   * When the event happened at the provider, as the request says: what to order events by, since deliveries overtake each
   * other. Undefined where the provider does not say. docs/providers.md tells for each whether the signature covers it.
   */
  readonly occurredAt: Date | undefined;
  /** When the request arrived at the endpoint. */
  readonly receivedAt: Date;
  /** The headers that the provider's definition keeps, by lower-case name; static credentials are left out. */
  readonly headers: Readonly<Record<string, string>>;
  /** The query parameters that the definition keeps, decoded; static credentials are left out. */
  readonly query: Readonly<Record<string, string>>;
  /** The raw body, byte for byte as it was signed. */
  readonly body: Uint8Array;
  /** The body parsed as the provider's content type says, on first use. @throws SyntaxError when it does not parse */
  readonly payload: unknown;
  /**
   * The events that the request carries, in its order: where the provider sends several in one request (SendGrid, HubSpot,
   * LINE, Adyen, …), each of them, and none for a request without any; elsewhere the delivery itself as the only one. All
   * of them are handled or tried again together, so key the effect of each with its `id`. Made on first use.
   *
   * @throws SyntaxError when the body does not parse
   */
  readonly items: readonly DeliveryItem[];
  /** 1 at the first attempt. */
  readonly attempt: number;
  /**
   * The same body has already come under another id, and the signature does not cover ids: a redelivery by hand, or
   * somebody who sends a captured request again. Only known where the source deduplicates.
   *
   * @default false
   */
  readonly suspectedReplay: boolean;
  /** Whether this is an event of that type; narrows `payload` where the payload's type is known. */
  is<Type extends keyof Events & string>(
    type: Type,
  ): this is { readonly eventType: Type; readonly payload: Events[Type] };
}

/** One event of a delivery. */
export interface DeliveryItem {
  /**
   * What the provider calls this very event; where it gives events no id, the delivery's with the event's place in it, such as
   * `sha256-…-0`. The same when the provider sends the event again in the same way.
   */
  readonly id: string;
  readonly eventType: string | undefined;
  readonly occurredAt: Date | undefined;
  /** This event's part of the delivery's payload. */
  readonly payload: unknown;
}

/** A delivery as plain data that can be cloned into another thread. It carries no credential and no secret. */
export interface VerifiedDelivery {
  source: string;
  provider: string;
  id: string;
  idSigned: boolean;
  eventType: string | undefined;
  /** Epoch milliseconds. */
  occurredAt?: number | undefined;
  /** Epoch milliseconds. */
  receivedAt: number;
  headers: Readonly<Record<string, string>>;
  /** Decoded. @default none */
  query?: Readonly<Record<string, string>>;
  body: Body;
  attempt: number;
  suspectedReplay: boolean;
}
