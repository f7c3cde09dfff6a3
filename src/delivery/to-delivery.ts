import type { Delivery, VerifiedDelivery } from './delivery.ts';

/** Reads a payload; `parsePayload` of the catalogue, bound to the provider. @throws SyntaxError */
export type ParsePayload = (request: { headers: Readonly<Record<string, string>>; body: Uint8Array }) => unknown;

/** The object that a handler gets: parses the body on first use, since parsing costs more than verifying. */
export function toDelivery(data: VerifiedDelivery, parse: ParsePayload): Delivery {
  let parsed: { payload: unknown } | undefined;
  return {
    ...data,
    occurredAt: data.occurredAt === undefined ? undefined : new Date(data.occurredAt),
    receivedAt: new Date(data.receivedAt),
    get payload() {
      parsed ??= { payload: parse(data) };
      return parsed.payload;
    },
    is: ((type: string) => data.eventType === type) as Delivery['is'],
  };
}
