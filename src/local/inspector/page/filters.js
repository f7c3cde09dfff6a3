import { h } from './dom.js';

/** @typedef {import('./api.js').DeliveryState} DeliveryState */

/** What the address and the API call them alike. */
const names = /** @type {const} */ (['source', 'outcome', 'reason', 'eventType', 'text', 'since', 'until']);
const outcomes = ['handled', 'ignored', 'duplicate', 'rejected', 'failed'];
const debounceMs = 250;

/** The filters of an address, without what is empty or unknown. @param {URLSearchParams} query */
export function readFilters(query) {
  const filters = new URLSearchParams();
  for (const name of names) {
    const value = query.get(name);
    if (value) filters.set(name, value);
  }
  return filters;
}

/** Whether a delivery is one that these filters show; undefined when only its body would tell. @param {URLSearchParams} filters @param {DeliveryState} delivery */
export function isShown(filters, delivery) {
  for (const name of /** @type {const} */ (['source', 'outcome', 'reason', 'eventType'])) {
    const wanted = filters.get(name);
    if (wanted !== null && wanted !== delivery[name]) return false;
  }
  const received = Date.parse(delivery.receivedAt);
  if (filters.has('since') && received < Date.parse(filters.get('since') ?? '')) return false;
  if (filters.has('until') && received >= Date.parse(filters.get('until') ?? '')) return false;
  return filters.has('text') ? undefined : true;
}

/**
 * The form above the list.
 *
 * @param {{filters: URLSearchParams, sources: readonly string[], onChange: (filters: URLSearchParams) => void}} options
 */
export function filterForm({ filters, sources, onChange }) {
  const field = (/** @type {string} */ label, /** @type {Element} */ control, /** @type {string} */ kind = '') =>
    h('label', { class: `field ${kind}` }, h('span', null, label), control);
  const input = (/** @type {string} */ name, /** @type {Record<string, string>} */ more = {}) =>
    h('input', { name, value: filters.get(name) ?? '', autocomplete: 'off', spellcheck: 'false', ...more });
  const select = (/** @type {string} */ name, /** @type {readonly string[]} */ values) =>
    h(
      'select',
      { name },
      h('option', { value: '' }, 'any'),
      ...values.map((value) => h('option', { value, selected: filters.get(name) === value }, value)),
    );
  const time = (/** @type {string} */ name) =>
    input(name, { type: 'datetime-local', step: '1', value: toLocal(filters.get(name)) });
  const hasMore = ['reason', 'since', 'until'].some((name) => filters.has(name));
  const clear = h('button', { type: 'reset', class: 'quiet', hidden: filters.size === 0 }, 'Clear filters');
  const form = h(
    'form',
    { class: 'filters', role: 'search', 'aria-label': 'Filter deliveries' },
    field('Text', input('text', { type: 'search', placeholder: 'in headers, bodies and ids' }), 'wide'),
    field('Source', select('source', sources)),
    field('Outcome', select('outcome', outcomes)),
    field('Event type', input('eventType', { placeholder: 'any' })),
    h(
      'details',
      { class: 'more', open: hasMore },
      h('summary', null, 'More'),
      h(
        'div',
        null,
        field('Reason', input('reason', { placeholder: 'such as signature_mismatch' })),
        field('Arrived from', time('since')),
        field('until', time('until')),
      ),
    ),
    clear,
  );
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const change = () => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value !== 'string') continue;
      const text = value.trim();
      if (text !== '') query.set(name, name === 'since' || name === 'until' ? new Date(text).toISOString() : text);
    }
    clear.hidden = query.size === 0;
    onChange(query);
  };
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(change, debounceMs);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    clearTimeout(timer);
    change();
  });
  form.addEventListener('reset', (event) => {
    event.preventDefault();
    for (const control of form.querySelectorAll('input, select')) /** @type {HTMLInputElement} */ (control).value = '';
    change();
  });
  return form;
}

/** @param {string | null} iso as `datetime-local` wants it */
function toLocal(iso) {
  const date = new Date(iso ?? '');
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
