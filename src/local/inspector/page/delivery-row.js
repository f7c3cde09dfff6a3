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
      h('span', { class: 'source' }, source),
      h('span', { class: 'type' }, eventType ?? h('span', { class: 'muted' }, 'not verified')),
      outcomePill(delivery),
      h('span', { class: 'detail muted' }, detail === null ? '' : words(detail)),
      h('span', { class: 'number muted' }, attempt > 1 ? `attempt ${attempt}` : '', deadLettered ? ' in DLQ' : ''),
      h('span', { class: 'number' }, `${durationMs} ms`),
    ),
  );
}
