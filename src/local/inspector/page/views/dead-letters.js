import { get, post } from '../api.js';
import { h, replace } from '../dom.js';
import { count, words } from '../format.js';
import { letterList } from '../letter-list.js';
import { follow } from '../live.js';
import { actionButton, confirm, empty, failure, relativeTime, toast, toastFailure } from '../widgets.js';

/**
 * @typedef {import('../api.js').DeadLetterGroup} Group
 * @typedef {import('../api.js').DeadLetterGroups} Groups
 * @typedef {import('../api.js').DeadLetter} DeadLetter
 */

/** How many of a group are listed one by one. */
const maxListed = 1000;

/** @param {import('../main.js').ViewContext} context */
export async function showDeadLetters({ main, url, signal }) {
  const source = url.searchParams.get('source');
  const list = h('div', { class: 'groups' });
  const status = h('p', { class: 'muted', role: 'status' });
  const news = h(
    'button',
    { type: 'button', class: 'news', hidden: true, onclick: () => void refresh().catch(toastFailure) },
    'Others rest by now: show',
  );
  replace(
    main,
    h('div', { class: 'head' }, h('h1', null, source === null ? 'Dead letters' : `Dead letters of ${source}`), status),
    source !== null && h('p', null, h('a', { href: '/dead-letters' }, 'Show all sources')),
    news,
    list,
  );
  let lastTotal = 0;
  const refresh = async () => {
    const query = source === null ? '' : `?source=${encodeURIComponent(source)}`;
    const { groups, total, lookedAt } = /** @type {Groups} */ (
      await get(`/api/dead-letters/groups${query}`, { signal })
    );
    status.textContent =
      total > lookedAt ? `${count(total)} rest; the newest ${count(lookedAt)} are grouped` : `${count(total)} rest`;
    replace(list, groups.length === 0 ? nothingRests() : groups.map((group) => groupCard(group, { refresh, signal })));
    lastTotal = total;
    news.hidden = true;
  };
  await refresh();
  follow(
    {
      onDepths(depths) {
        const shown = depths.filter(({ id }) => source === null || id === source);
        const total = shown.reduce((sum, each) => sum + each.deadLettered, 0);
        if (total === lastTotal) return;
        lastTotal = total;
        // Not while somebody selects, reads, or stands on a button.
        if (list.querySelector('details[open]') || list.contains(document.activeElement)) news.hidden = false;
        else void refresh().catch(() => undefined);
      },
    },
    signal,
  );
}

function nothingRests() {
  return empty(
    h('h2', null, 'Nothing rests here'),
    h(
      'p',
      null,
      'A delivery that is refused, or that its handler failed at again and again, comes here with its reason, body and headers. Nothing is lost: mend the cause, then redrive.',
    ),
  );
}

/** @param {Group} group */
function selectionOf({ reason, eventType }) {
  return { reason, eventType: eventType ?? '' };
}

/** @param {Group} group @param {{refresh: () => Promise<void>, signal: AbortSignal}} tools */
function groupCard(group, { refresh, signal }) {
  const { source, reason, kind, eventType, count: number, oldest, newest } = group;
  const selected = /** @type {Set<string>} */ (new Set());
  const letters = h('div', null);
  const chosen = h('span', { class: 'muted' });
  const selectionNow = () => (selected.size === 0 ? selectionOf(group) : { ids: [...selected] });
  const update = () => replace(chosen, selected.size === 0 ? '' : `${count(selected.size)} selected`);
  const redrive = async () => {
    const report = /** @type {import('../api.js').RedriveReport} */ (
      await post('/api/redrive', { source, ...selectionNow() })
    );
    toast(tellRedrive(report), report.moved > 0 ? 'well' : 'failed');
    await refresh();
  };
  /** @param {object} what */
  const purgeNow = (what) =>
    /** @type {Promise<import('../api.js').PurgeReport>} */ (post('/api/dead-letters/purge', { source, ...what }));
  const purge = async () => {
    const selection = selectionNow();
    // Others may have come since the page counted them, and it counts the newest alone.
    const { deleted: number, asOf } = await purgeNow({ ...selection, dryRun: true });
    const question =
      'ids' in selection ? `Delete the ${count(number)} selected for good?` : `Delete all ${count(number)} for good?`;
    if (
      !(await confirm(
        question,
        `${source}: ${words(reason)}, ${eventType ?? 'no event type'}. They cannot be brought back.`,
        'Delete',
      ))
    )
      return;
    const report = await purgeNow({ ...selection, asOf });
    toast(`${count(report.deleted)} deleted.`);
    await refresh();
  };
  const details = h(
    'details',
    {
      async ontoggle() {
        if (!details.open || letters.hasChildNodes()) return;
        try {
          const limit = String(Math.min(number, maxListed));
          const query = new URLSearchParams({ source, reason, eventType: eventType ?? '', limit });
          const own = /** @type {DeadLetter[]} */ (await get(`/api/dead-letters?${query}`, { signal }));
          replace(
            letters,
            own.length === maxListed &&
              h('p', { class: 'muted' }, `The newest ${count(own.length)} of ${count(number)}:`),
            letterList(own, { source, selected, update, signal }),
          );
        } catch (error) {
          replace(letters, failure(error));
        }
      },
    },
    h('summary', null, 'Look at each'),
    letters,
  );
  return h(
    'section',
    { class: 'card group' },
    h(
      'div',
      { class: 'head' },
      h(
        'h2',
        null,
        kind === 'unknown' ? 'moved by the queue' : words(reason),
        ' ',
        h('span', { class: 'muted' }, `${source}, ${eventType ?? 'no event type'}`),
      ),
      h('span', { class: 'pill', 'data-outcome': kind === 'rejected' ? 'rejected' : 'failed' }, count(number)),
    ),
    h(
      'p',
      { class: 'muted' },
      number === 1 ? 'Since ' : 'The newest came ',
      relativeTime(newest),
      number === 1 ? null : h('span', null, ', the oldest ', relativeTime(oldest)),
    ),
    h(
      'div',
      { class: 'buttons' },
      actionButton('Verify again and redrive', redrive, { class: 'primary' }),
      actionButton('Delete …', purge, { class: 'danger' }),
      chosen,
    ),
    details,
  );
}

/** @param {import('../api.js').RedriveReport} report */
function tellRedrive({ moved, skipped, failed }) {
  const left = Object.entries(skipped).map(
    ([reason, number]) => `${count(number)} would be refused again: ${words(reason)}`,
  );
  if (failed > 0) left.push(`${count(failed)} could not be moved; see the log`);
  return [`${count(moved)} back in the queue`, ...left].join('; ') + '.';
}
