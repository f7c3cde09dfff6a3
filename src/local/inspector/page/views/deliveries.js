import { announce } from '../announce.js';
import { get, getPage } from '../api.js';
import { deliveryRow, keyOf, untyped } from '../delivery-row.js';
import { h, replace } from '../dom.js';
import { filterForm, isShown, readFilters } from '../filters.js';
import { count, timeOfDay } from '../format.js';
import { follow } from '../live.js';
import { command, empty, failure } from '../widgets.js';

/** @typedef {import('../api.js').DeliveryState} DeliveryState */

const pageSize = 100;
/** Of a search that takes several turns: so many are enough to show before it is asked to go on. */
const enough = 40;
/** Of more that come at once none is made to stand out: nobody follows them, and a browser is busy with their colours alone. */
const mostFresh = 20;
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
      // What was typed last is looked at a moment later, when another view may stand here.
      if (signal.aborted) return;
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
  /** New ones that are not shown. @type {Set<string>} */
  let unseen = new Set();
  /** Whether there may be more than these: some were left out, or only the server can tell whether the filters show them. */
  let mayBeMore = false;
  let loading = new AbortController();
  leaving.addEventListener('abort', () => loading.abort());

  const oldest = () => (rows.lastElementChild ? arrivalOf(rows.lastElementChild) : '');
  const isInUse = () => scrollY > 80 || rows.contains(document.activeElement);
  const tellNews = () => {
    if (!mayBeMore) news.textContent = `${count(unseen.size)} new: show`;
    else news.textContent = filters.size === 0 ? 'More new: show' : 'There may be new ones: look again';
    news.toggleAttribute('hidden', !mayBeMore && unseen.size === 0);
  };

  /** The newest arrival first, whenever it came to this page. @param {DeliveryState} delivery @param {HTMLElement} row @param {boolean} isNew It goes before what arrived in the same moment. */
  const place = (delivery, row, isNew) => {
    let next = isNew ? rows.firstElementChild : null;
    if (isNew) while (next && arrivalOf(next) > delivery.receivedAt) next = next.nextElementSibling;
    else {
      let last = rows.lastElementChild;
      for (; last && arrivalOf(last) < delivery.receivedAt; last = last.previousElementSibling) next = last;
    }
    known.set(keyOf(delivery), row);
    unseen.delete(keyOf(delivery));
    rows.insertBefore(row, next);
  };

  /** @param {readonly DeliveryState[]} deliveries */
  const append = (deliveries) => {
    for (const delivery of deliveries) {
      if (known.has(keyOf(delivery))) continue;
      place(delivery, deliveryRow(delivery), false);
    }
  };
  const offerMore = () => replace(foot, h('button', { type: 'button', onclick: () => void more() }, 'Show more'));
  const tellShown = () => {
    status.textContent =
      known.size === 0 ? '' : `${count(known.size)}${next === undefined ? '' : '+'} shown, newest first`;
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
      tellShown();
      if (known.size > 0) offerMore();
      else replace(foot);
      foot.prepend(failure(error));
      return;
    }
    if (signal.aborted) return;
    tellShown();
    if (next === undefined) replace(foot);
    else offerMore();
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
    unseen = new Set();
    mayBeMore = false;
    tellNews();
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
    // Once for all of them: after each change it would lay the page out anew.
    const inUse = isInUse();
    for (const delivery of attempts) {
      const key = keyOf(delivery);
      const old = known.get(key);
      const shown = isShown(filters, delivery);
      // Also one that the filters would not show any more: what it says must be true.
      if (old) {
        const row = deliveryRow(delivery);
        known.set(key, row);
        // Whoever stands on a row stays there.
        const hadFocus = old.contains(document.activeElement);
        old.replaceWith(row);
        if (hadFocus) row.querySelector('a')?.focus();
        continue;
      }
      // It comes with a page that is read later; but the first one may have been read before it ended.
      const isBelow = next !== undefined && delivery.receivedAt < oldest() && !element.hasAttribute('aria-busy');
      if (shown === false || isBelow) continue;
      // A list must not move under who reads or clicks in it, and only the server can look for a text.
      if (shown === undefined || inUse) {
        if (shown === undefined || unseen.size >= maxRows) mayBeMore = true;
        else unseen.add(key);
        continue;
      }
      const row = deliveryRow(delivery);
      if (attempts.length <= mostFresh) row.classList.add('fresh');
      place(delivery, row, true);
      added += 1;
    }
    if (omitted > 0 && !inUse && filters.size === 0 && known.size <= pageSize * 2) void load(filters);
    else if (omitted > 0) mayBeMore = true;
    tellNews();
    if (added === 0) return;
    foot.querySelector('.empty')?.remove();
    trim();
    tellShown();
    const [latest] = attempts.slice(-1);
    announce(
      added === 1 && latest
        ? `New: ${latest.source}, ${latest.eventType ?? untyped(latest)}, ${latest.outcome}`
        : `${added} new deliveries`,
    );
  };

  const trim = () => {
    if (known.size <= maxRows) return;
    while (known.size > maxRows && rows.lastElementChild) {
      known.delete(rows.lastElementChild.getAttribute('data-key') ?? '');
      rows.lastElementChild.remove();
    }
    const query = new URLSearchParams(filters);
    query.set('until', new Date(Date.parse(oldest()) + 1).toISOString());
    query.set('limit', String(pageSize));
    next = `/api/deliveries?${query.toString()}`;
    if (!foot.querySelector('button')) offerMore();
  };

  return { element, status, foot, news, load, addLive };
}

/** @param {Element} row @returns ISO 8601 */
function arrivalOf(row) {
  return row.querySelector('time')?.dateTime ?? '';
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
