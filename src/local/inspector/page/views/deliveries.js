import { announce } from '../announce.js';
import { get, getPage } from '../api.js';
import { deliveryRow, keyOf } from '../delivery-row.js';
import { h, replace } from '../dom.js';
import { filterForm, isShown, readFilters } from '../filters.js';
import { count, timeOfDay } from '../format.js';
import { follow } from '../live.js';
import { command, empty, failure } from '../widgets.js';

/** @typedef {import('../api.js').DeliveryState} DeliveryState */

const pageSize = 100;
/** Of a search that takes several turns: so many are enough to show before it is asked to go on. */
const enough = 40;
/** More rows than this are not kept; what is below is read again. */
const maxRows = 2000;

/** @param {import('../main.js').ViewContext} context */
export async function showDeliveries({ main, url, signal }) {
  const sources = /** @type {import('../api.js').SourceState[]} */ (await get('/api/sources', { signal }));
  const list = createList(sources[0]?.id ?? 'github', signal);
  const filters = readFilters(url.searchParams);
  const form = filterForm({
    filters,
    sources: sources.map(({ id }) => id),
    onChange(next) {
      const query = next.toString();
      history.replaceState(history.state, '', query === '' ? '/deliveries' : `/deliveries?${query}`);
      void list.load(next);
    },
  });
  replace(
    main,
    h('div', { class: 'head' }, h('h1', null, 'Deliveries'), list.status),
    form,
    list.news,
    list.element,
    list.foot,
  );
  follow({ onAttempts: list.addLive }, signal);
  await list.load(filters);
}

/** @param {string} aSource @param {AbortSignal} leaving */
function createList(aSource, leaving) {
  const rows = h('ol', { class: 'rows' });
  const element = h('div', { class: 'list' }, rows);
  const status = h('p', { class: 'muted', role: 'status' });
  const foot = h('div', { class: 'foot' });
  const news = h('button', { type: 'button', class: 'news', hidden: true });
  /** @type {Map<string, HTMLElement>} */
  let known = new Map();
  let filters = new URLSearchParams();
  /** @type {string | undefined} */
  let next;
  let unseen = 0;
  let loading = new AbortController();
  leaving.addEventListener('abort', () => loading.abort());

  const first = () => rows.firstElementChild?.querySelector('time')?.getAttribute('datetime') ?? '';
  const setNews = (/** @type {number} */ number) => {
    unseen = number;
    news.textContent = `${number === Infinity ? 'More' : count(number)} new: show`;
    news.toggleAttribute('hidden', number === 0);
  };

  /** @param {readonly DeliveryState[]} deliveries */
  const append = (deliveries) => {
    for (const delivery of deliveries) {
      if (known.has(keyOf(delivery))) continue;
      const row = deliveryRow(delivery);
      known.set(keyOf(delivery), row);
      rows.append(row);
    }
  };

  /** Reads pages from `next` on until there is something to show. */
  const more = async () => {
    const { signal } = loading;
    const before = known.size;
    try {
      while (next !== undefined && !signal.aborted) {
        const page = await getPage(next, signal);
        append(page.deliveries);
        next = page.next;
        if (page.searchedBackTo === undefined || known.size - before >= enough) break;
        status.textContent = `${count(known.size)} found, searched back to ${timeOfDay(page.searchedBackTo)} …`;
      }
    } catch (error) {
      if (signal.aborted) return;
      replace(foot, failure(error));
      return;
    }
    if (signal.aborted) return;
    status.textContent =
      known.size === 0 ? '' : `${count(known.size)}${next === undefined ? '' : '+'} shown, newest first`;
    replace(foot, next === undefined ? null : h('button', { type: 'button', onclick: () => void more() }, 'Show more'));
    if (known.size === 0) replace(foot, filters.size > 0 ? nothingFound() : nothingYet(aSource));
  };

  /** @param {URLSearchParams} wanted */
  const load = async (wanted) => {
    loading.abort();
    loading = new AbortController();
    filters = wanted;
    const query = new URLSearchParams(wanted);
    query.set('limit', String(pageSize));
    next = `/api/deliveries?${query.toString()}`;
    known = new Map();
    setNews(0);
    element.setAttribute('aria-busy', 'true');
    const { signal } = loading;
    status.textContent = 'Reading …';
    replace(foot);
    rows.replaceChildren();
    await more();
    if (signal.aborted) return;
    element.removeAttribute('aria-busy');
    announce(status.textContent === '' ? 'No deliveries' : (status.textContent ?? ''));
  };
  news.addEventListener('click', () => {
    scrollTo(0, 0);
    void load(filters);
  });

  const observer = new IntersectionObserver((entries) => {
    if (entries.some(({ isIntersecting }) => isIntersecting)) foot.querySelector('button')?.click();
  });
  observer.observe(foot);
  leaving.addEventListener('abort', () => observer.disconnect());

  /** @param {import('../live.js').Attempts} event */
  const addLive = ({ attempts, omitted }) => {
    let added = 0;
    for (const delivery of attempts) {
      const key = keyOf(delivery);
      const old = known.get(key);
      const shown = isShown(filters, delivery);
      if (old && shown !== false) {
        const row = deliveryRow(delivery);
        known.set(key, row);
        // Whoever stands on a row stays there.
        const hadFocus = old.contains(document.activeElement);
        old.replaceWith(row);
        if (hadFocus) row.querySelector('a')?.focus();
        continue;
      }
      if (old || shown === false || delivery.receivedAt < first()) continue;
      // A list must not move under who reads or clicks in it, and only the server can look for a text.
      if (shown === undefined || scrollY > 80 || rows.contains(document.activeElement)) {
        setNews(unseen + 1);
        continue;
      }
      const row = deliveryRow(delivery);
      row.classList.add('fresh');
      known.set(key, row);
      rows.prepend(row);
      added += 1;
    }
    if (omitted > 0 && scrollY <= 80 && filters.size === 0 && known.size <= pageSize * 2) void load(filters);
    else if (omitted > 0) setNews(Infinity);
    if (added === 0) return;
    foot.querySelector('.empty')?.remove();
    status.textContent = `${count(known.size)}${next === undefined ? '' : '+'} shown, newest first`;
    trim();
    const [latest] = attempts.slice(-1);
    announce(
      added === 1 && latest
        ? `New: ${latest.source}, ${latest.eventType ?? 'not verified'}, ${latest.outcome}`
        : `${added} new deliveries`,
    );
  };

  const trim = () => {
    if (known.size <= maxRows) return;
    while (known.size > maxRows && rows.lastElementChild) {
      known.delete(rows.lastElementChild.getAttribute('data-key') ?? '');
      rows.lastElementChild.remove();
    }
    const oldest = rows.lastElementChild?.querySelector('time')?.getAttribute('datetime') ?? '';
    const query = new URLSearchParams(filters);
    query.set('until', new Date(Date.parse(oldest) + 1).toISOString());
    query.set('limit', String(pageSize));
    next = `/api/deliveries?${query.toString()}`;
    if (!foot.querySelector('button'))
      replace(foot, h('button', { type: 'button', onclick: () => void more() }, 'Show more'));
  };

  return { element, status, foot, news, load, addLive };
}

function nothingFound() {
  return empty(
    h('h2', null, 'Nothing matches'),
    h('p', null, 'No delivery that is kept fits all of these filters. The journal keeps seven days and 1 GiB at most.'),
  );
}

/** @param {string} source */
function nothingYet(source) {
  return empty(
    h('h2', null, 'Nothing has arrived yet'),
    h('p', null, 'What arrives is shown here at once. Send a signed sample, as the provider would:'),
    command(`npx hookport send ${source}`),
    h('p', null, 'or ', h('a', { href: '/send' }, 'send one from this page'), '.'),
  );
}
