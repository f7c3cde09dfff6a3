import { type Body, bytesOf } from '../signature/text.ts';
import type { Delivery, VerifiedDelivery } from './delivery.ts';

/** Reads a payload; `parsePayload` of the catalogue, bound to the provider. @throws SyntaxError */
export type ParsePayload = (request: { headers: Readonly<Record<string, string>>; body: Body }) => unknown;

/** The object that a handler gets: makes bytes and payload on first use, since both cost more than verifying. */
export function toDelivery(data: VerifiedDelivery, parse: ParsePayload): Delivery {
  // What `is` tells TypeScript cannot be said of a method.
  return new HandedDelivery(data, parse) as unknown as Delivery;
}

/**
 * A class, since V8 makes a hidden class of its own for each object literal with a getter, and that keeps the payload
 * alive until the next full collection.
 */
class HandedDelivery implements Omit<Delivery, 'is'> {
  readonly source: string;
  readonly provider: string;
  readonly id: string;
  readonly idSigned: boolean;
  readonly eventType: string | undefined;
  readonly occurredAt: Date | undefined;
  readonly receivedAt: Date;
  readonly headers: Readonly<Record<string, string>>;
  readonly attempt: number;
  readonly suspectedReplay: boolean;
  readonly #data: VerifiedDelivery;
  readonly #parse: ParsePayload;
  #bytes: Uint8Array | undefined;
  #parsed: { payload: unknown } | undefined;

  constructor(data: VerifiedDelivery, parse: ParsePayload) {
    this.source = data.source;
    this.provider = data.provider;
    this.id = data.id;
    this.idSigned = data.idSigned;
    this.eventType = data.eventType;
    this.occurredAt = data.occurredAt === undefined ? undefined : new Date(data.occurredAt);
    this.receivedAt = new Date(data.receivedAt);
    this.headers = data.headers;
    this.attempt = data.attempt;
    this.suspectedReplay = data.suspectedReplay;
    this.#data = data;
    this.#parse = parse;
  }

  get body(): Uint8Array {
    return (this.#bytes ??= bytesOf(this.#data.body));
  }

  get payload(): unknown {
    return (this.#parsed ??= { payload: this.#parse(this.#data) }).payload;
  }

  is(type: string): boolean {
    return this.eventType === type;
  }
}
