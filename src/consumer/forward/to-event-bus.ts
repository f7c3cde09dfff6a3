import { jsonText } from '../../catalogue/payload.ts';
import type { Provider } from '../../catalogue/provider.ts';
import type { VerifiedDelivery } from '../../delivery/delivery.ts';
import type { Dispatch } from '../../delivery/dispatch.ts';
import { describeThrown } from '../../delivery/handler-errors.ts';
import type { Outcome } from '../../delivery/outcome.ts';
import { toCloudEvent } from './cloud-event.ts';
import { eachLimited } from './each-limited.ts';
import { type BusEvent, type EventBus, inRequests, maxRequestBytes, sizeOf } from './event-bus.ts';

/** Requests at once. */
const maxAtOnce = 4;

/**
 * Puts each verified delivery on an EventBridge bus; put means handled. What EventBridge cannot take, since it is not
 * JSON or too large, is rejected with its reason.
 */
export function forwardToEventBus(bus: EventBus, provider: Provider): Dispatch {
  return async (deliveries) => {
    const outcomes = new Map<VerifiedDelivery, Outcome>();
    const ready = deliveries.flatMap((delivery) => {
      const made = toBusEvent(delivery, provider);
      if (made.ok) return [{ delivery, event: made.event }];
      outcomes.set(delivery, { kind: 'rejected', reason: 'forward_refused', detail: made.detail });
      return [];
    });
    await eachLimited(inRequests(ready), maxAtOnce, async (request) => {
      const results = await put(
        bus,
        request.map(({ event }) => event),
      );
      for (const [index, { delivery }] of request.entries()) outcomes.set(delivery, results[index] ?? unreported);
    });
    return deliveries.map((delivery) => outcomes.get(delivery) ?? unreported);
  };
}

const unreported: Outcome = { kind: 'failed', reason: 'forward_failed', detail: 'EventBridge reported no result' };

async function put(bus: EventBus, events: readonly BusEvent[]): Promise<Outcome[]> {
  try {
    const results = await bus.put(events);
    return results.map((result): Outcome => {
      if (result.ok) return { kind: 'handled' };
      return result.refused
        ? { kind: 'rejected', reason: 'forward_refused', detail: result.detail }
        : { kind: 'failed', reason: 'forward_failed', detail: result.detail };
    });
  } catch (error) {
    return events.map(() => ({ kind: 'failed', reason: 'forward_failed', detail: describeThrown(error) }));
  }
}

/**
 * The event of a delivery: `source` is `hookport.<source>`, `detail-type` the event type, and `detail` the CloudEvent in
 * its JSON format, with the payload in `data` as it was written. EventBridge's own `id` is another one whenever a
 * delivery comes again; `detail.id` is not.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
function toBusEvent(
  delivery: VerifiedDelivery,
  provider: Provider,
): { ok: true; event: BusEvent } | { ok: false; detail: string } {
  const data = jsonText(provider, delivery);
  if (data === undefined) return { ok: false, detail: 'EventBridge takes JSON alone, and the body is not JSON' };
  const { datacontenttype: _contentType, ...attributes } = toCloudEvent(delivery);
  const head = JSON.stringify({ ...attributes, datacontenttype: 'application/json' });
  const event: BusEvent = {
    source: `hookport.${delivery.source}`,
    detailType: detailTypeOf(delivery),
    detail: `${head.slice(0, -1)},"data":${data}}`,
    time: delivery.receivedAt,
  };
  const size = sizeOf(event);
  if (size <= maxRequestBytes) return { ok: true, event };
  return { ok: false, detail: `the event has ${size} bytes, and EventBridge takes ${maxRequestBytes}` };
}

/** EventBridge takes 128 characters; the full type is in `detail.type`. */
function detailTypeOf({ eventType, provider }: VerifiedDelivery): string {
  return (eventType || provider).slice(0, 128).toWellFormed();
}
