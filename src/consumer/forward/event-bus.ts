/** One entry of EventBridge's `PutEvents`, but for its bus. */
export interface BusEvent {
  source: string;
  detailType: string;
  /** A JSON object as text. */
  detail: string;
  /** Epoch milliseconds. */
  time: number;
}

/** What became of one event. `refused`: EventBridge will never take it as it is. */
export type PutResult = { ok: true } | { ok: false; refused: boolean; detail: string };

/** An EventBridge bus. */
export interface EventBus {
  /**
   * Puts at most 10 events that together are at most {@link maxRequestBytes}. Results in their order.
   * Rejects when nothing of it was put, and it may be tried again.
   */
  put(events: readonly BusEvent[]): Promise<readonly PutResult[]>;
}

/** EventBridge's limits of one request: "less than 1MB". https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
export const maxRequestBytes = 1024 * 1024 - 1;
const maxEntries = 10;

/** As EventBridge counts it: 14 bytes for the time, and the UTF-8 of the rest. */
export function sizeOf({ source, detailType, detail }: BusEvent): number {
  return 14 + Buffer.byteLength(source) + Buffer.byteLength(detailType) + Buffer.byteLength(detail);
}

/** Splits events into requests that EventBridge takes, in their order. */
export function inRequests<Item extends { event: BusEvent }>(items: readonly Item[]): Item[][] {
  const requests: Item[][] = [];
  let bytes = 0;
  for (const item of items) {
    const size = sizeOf(item.event);
    const last = requests.at(-1);
    if (last && last.length < maxEntries && bytes + size <= maxRequestBytes) {
      last.push(item);
      bytes += size;
    } else {
      requests.push([item]);
      bytes = size;
    }
  }
  return requests;
}
