import { itemsOf } from '../catalogue/items.ts';
import { parsePayload } from '../catalogue/payload.ts';
import type { Provider } from '../catalogue/provider.ts';
import { bytesOf } from '../signature/text.ts';
import type { Delivery, DeliveryItem, VerifiedDelivery } from './delivery.ts';

/** What of a definition tells how a delivery is read. */
export type PayloadReading = Pick<Provider, 'formPayload' | 'items'>;

/** The object that a handler gets: makes bytes, payload and items on first use, since all cost more than verifying. */
export function toDelivery(data: VerifiedDelivery, provider: PayloadReading): Delivery {
  // What `is` tells TypeScript cannot be said of a method.
  return new HandedDelivery(data, provider) as unknown as Delivery;
}

const noQuery = Object.freeze({});

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
  readonly query: Readonly<Record<string, string>>;
  readonly attempt: number;
  readonly suspectedReplay: boolean;
  readonly #data: VerifiedDelivery;
  readonly #provider: PayloadReading;
  #bytes: Uint8Array | undefined;
  #parsed: { payload: unknown } | undefined;
  #items: readonly DeliveryItem[] | undefined;

  constructor(data: VerifiedDelivery, provider: PayloadReading) {
    this.source = data.source;
    this.provider = data.provider;
    this.id = data.id;
    this.idSigned = data.idSigned;
    this.eventType = data.eventType;
    this.occurredAt = data.occurredAt === undefined ? undefined : new Date(data.occurredAt);
    this.receivedAt = new Date(data.receivedAt);
    // The handler's own, as they are in a thread: what it changes in them is neither forwarded nor recorded.
    this.headers = { ...data.headers };
    this.query = data.query === undefined ? noQuery : { ...data.query };
    this.attempt = data.attempt;
    this.suspectedReplay = data.suspectedReplay;
    this.#data = data;
    this.#provider = provider;
  }

  get body(): Uint8Array {
    return (this.#bytes ??= bytesOf(this.#data.body));
  }

  get payload(): unknown {
    return (this.#parsed ??= { payload: parsePayload(this.#provider, this.#data) }).payload;
  }

  get items(): readonly DeliveryItem[] {
    return (this.#items ??= this.#makeItems());
  }

  is(type: string): boolean {
    return this.eventType === type;
  }

  #makeItems(): readonly DeliveryItem[] {
    const { id, eventType, occurredAt, payload } = this;
    const items = itemsOf(this.#provider, payload);
    if (!items) return [{ id, eventType, occurredAt, payload }];
    return items.map((item, index) => ({
      id: item.id ?? `${id}-${index}`,
      eventType: this.#provider.items?.type === undefined ? eventType : item.eventType,
      occurredAt: item.occurredAt === undefined ? undefined : new Date(item.occurredAt),
      payload: item.payload,
    }));
  }
}
