import { h } from './dom.js';
import { clockTime, outcomePill } from './widgets.js';

/** @typedef {import('./api.js').DeliveryState} DeliveryState */

/** Names a delivery among all sources. @param {DeliveryState} delivery */
export function keyOf({ source, requestId }) {
  return `${source} ${requestId}`;
}

/** What stands where its event type would: who sent it is known or not. @param {Pick<DeliveryState, 'id'>} delivery */
export function untyped({ id }) {
  return id === null ? 'not verified' : 'no event type';
}

/** One line of a list of deliveries, which leads to it. @param {DeliveryState} delivery */
export function deliveryRow(delivery) {
  const { requestId, source, eventType, receivedAt, attempt, durationMs, detail, deadLettered } = delivery;
  return h(
    'li',
    { 'data-key': keyOf(delivery) },
    h(
      'a',
      { class: 'row', href: `/deliveries/${encodeURIComponent(requestId)}` },
      clockTime(receivedAt),
      // Cut where there is no room; whole when the pointer rests on it, and on the page of the delivery.
      h('span', { class: 'source', title: source }, source),
      h(
        'span',
        { class: 'type', title: eventType ?? '' },
        eventType ?? h('span', { class: 'muted' }, untyped(delivery)),
      ),
      outcomePill(delivery),
      h('span', { class: 'detail muted' }, detail),
      h('span', { class: 'number muted' }, attempt > 1 ? `attempt ${attempt}` : '', deadLettered ? ' in DLQ' : ''),
      h('span', { class: 'number' }, `${durationMs} ms`),
    ),
  );
}
