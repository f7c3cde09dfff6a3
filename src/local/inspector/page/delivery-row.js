import { h } from './dom.js';
import { timeOfDay, words } from './format.js';
import { outcomePill } from './widgets.js';

/** @typedef {import('./api.js').DeliveryState} DeliveryState */

/** Names a delivery among all sources. @param {DeliveryState} delivery */
export function keyOf({ source, requestId }) {
  return `${source} ${requestId}`;
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
      h('time', { datetime: receivedAt, title: new Date(receivedAt).toLocaleString() }, timeOfDay(receivedAt)),
      // Cut where there is no room; whole when the pointer rests on it, and on the page of the delivery.
      h('span', { class: 'source', title: source }, source),
      h('span', { class: 'type', title: eventType ?? '' }, eventType ?? h('span', { class: 'muted' }, 'not verified')),
      outcomePill(delivery),
      h('span', { class: 'detail muted' }, detail === null ? '' : words(detail)),
      h('span', { class: 'number muted' }, attempt > 1 ? `attempt ${attempt}` : '', deadLettered ? ' in DLQ' : ''),
      h('span', { class: 'number' }, `${durationMs} ms`),
    ),
  );
}
