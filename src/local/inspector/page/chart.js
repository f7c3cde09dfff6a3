import { svg } from './dom.js';

/** From the bottom up. */
const order = /** @type {const} */ (['handled', 'ignored', 'duplicate', 'failed', 'rejected']);

const height = 44;
const bar = 6;
const gap = 2;

/**
 * Deliveries of the last hour, a bar for each slot, stacked by outcome.
 *
 * @param {import('./api.js').Activity['sources'][number]['outcomes']} outcomes
 * @param {number} slots
 */
export function outcomeChart(outcomes, slots) {
  const totals = Array.from({ length: slots }, (_, slot) =>
    order.reduce((sum, kind) => sum + (outcomes[kind]?.[slot] ?? 0), 0),
  );
  const most = Math.max(1, ...totals);
  const width = slots * (bar + gap) - gap;
  const bars = totals.flatMap((total, slot) => {
    const x = slot * (bar + gap);
    if (total === 0) return [svg('rect', { x, y: height - 2, width: bar, height: 2, class: 'none' })];
    let y = height;
    return order.flatMap((kind) => {
      const number = outcomes[kind]?.[slot] ?? 0;
      if (number === 0) return [];
      const size = Math.max(2, (number / most) * height);
      y -= size;
      return [svg('rect', { x, y: Math.max(0, y), width: bar, height: size, 'data-outcome': kind })];
    });
  });
  const told = order.flatMap((kind) => {
    const number = (outcomes[kind] ?? []).reduce((sum, each) => sum + each, 0);
    return number === 0 ? [] : [`${number} ${kind}`];
  });
  const label = `Last hour: ${told.join(', ') || 'nothing'}`;
  return svg(
    'svg',
    {
      viewBox: `0 0 ${width} ${height}`,
      class: 'chart',
      role: 'img',
      'aria-label': label,
      preserveAspectRatio: 'none',
    },
    svg('title', null, label),
    ...bars,
  );
}
