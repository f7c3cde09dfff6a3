import { get } from '../api.js';
import { outcomeChart } from '../chart.js';
import { h, replace } from '../dom.js';
import { count } from '../format.js';
import { follow } from '../live.js';
import { command, copyButton, failure, monogram, relativeTime } from '../widgets.js';

/**
 * @typedef {import('../api.js').SourceState} SourceState
 * @typedef {import('../api.js').Activity} Activity
 */

/** How often the charts are drawn anew while the page is open. */
const everyMs = 10_000;

/** @param {import('../main.js').ViewContext} context */
export async function showSources({ main, signal }) {
  const readSources = () => /** @type {Promise<SourceState[]>} */ (get('/api/sources', { signal }));
  const sources = await readSources();
  const list = h('ul', { class: 'cards' });
  let cards = /** @type {ReturnType<typeof createCard>[]} */ ([]);
  let shown = '';
  /** Makes the cards anew where the platform has others since it was started again. @param {SourceState[]} now */
  const show = (now) => {
    const fixed = JSON.stringify(
      now.map(({ id, provider, url, handler, consumed }) => [id, provider, url, handler, consumed]),
    );
    if (fixed !== shown) {
      cards = now.map(createCard);
      replace(list, ...cards.map(({ element }) => element));
      shown = fixed;
    }
    for (const each of now) cards.find(({ id }) => id === each.id)?.setPaused(each.pausedSince);
  };
  show(sources);
  replace(
    main,
    h(
      'div',
      { class: 'head' },
      h('h1', null, 'Sources'),
      h('p', { class: 'muted' }, 'Each has its own URL, queue and dead-letter queue.'),
    ),
    list,
    h(
      'section',
      { class: 'hint' },
      h('h2', null, 'Try it'),
      h('p', null, 'Sends a signed sample, as the provider would; it shows up under Deliveries at once.'),
      command(`npx hookport send ${sources[0]?.id ?? '<source>'}`),
    ),
  );

  const refresh = async () => {
    const [activity, now] = /** @type {[Activity, SourceState[]]} */ (
      await Promise.all([get('/api/activity', { signal }), readSources()])
    );
    show(now);
    for (const each of activity.sources) cards.find(({ id }) => id === each.id)?.setActivity(each, activity);
  };
  await refresh();
  const timer = setInterval(() => void refresh().catch(() => undefined), everyMs);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let soon;
  signal.addEventListener('abort', () => {
    clearInterval(timer);
    clearTimeout(soon);
  });
  follow(
    {
      onDepths(depths) {
        for (const depth of depths) cards.find(({ id }) => id === depth.id)?.setDepth(depth);
      },
      onAttempts() {
        soon ??= setTimeout(() => {
          soon = undefined;
          void refresh().catch(() => undefined);
        }, 1000);
      },
    },
    signal,
  );
}

/** @param {SourceState} source */
function createCard(source) {
  const { id, provider, providerName, url, handler, consumed } = source;
  const depths = h('dl', { class: 'depths' });
  const chart = h('div', { class: 'activity' });
  const last = h('dl', { class: 'facts' });
  const guide = h('div', { class: 'guide' });
  const details = h(
    'details',
    { ontoggle: () => void fillGuide() },
    h('summary', null, `How to register it at ${providerName}`),
    guide,
  );
  let isFilled = false;
  const fillGuide = async () => {
    if (isFilled || !details.open) return;
    isFilled = true;
    try {
      replace(guide, ...describeGuide(await get(`/api/sources/${encodeURIComponent(id)}/guide`)));
    } catch (error) {
      isFilled = false;
      replace(guide, failure(error));
    }
  };
  /** @param {SourceState['queue']} depth */
  const setDepth = ({ waiting, inFlight, deadLettered }) =>
    replace(
      depths,
      fact('Waiting', count(waiting)),
      fact('In flight', count(inFlight)),
      deadLettered === 0
        ? fact('Dead-lettered', '0')
        : fact(
            'Dead-lettered',
            h('a', { href: `/dead-letters?source=${encodeURIComponent(id)}`, class: 'alarm' }, count(deadLettered)),
          ),
    );
  /** @param {Activity['sources'][number]} activity @param {Activity} all */
  const setActivity = (activity, all) => {
    const slots = 3600 / all.slotSeconds;
    replace(
      chart,
      outcomeChart(activity.outcomes, slots),
      h('p', { class: 'axis' }, h('span', null, '1 h ago'), h('span', null, 'now')),
    );
    replace(
      last,
      fact('Last delivery', relativeTime(activity.lastReceivedAt, consumed ? 'none yet' : 'not looked at')),
      fact(
        'Secret that matched',
        activity.lastMatched
          ? h('span', null, `${activity.lastMatched.secretVersion}, `, relativeTime(activity.lastMatched.receivedAt))
          : h('span', { class: 'muted' }, 'none yet'),
      ),
    );
  };
  setDepth(source.queue);
  const paused = h('p', { class: 'paused' });
  let pausedSince = /** @type {string | null} */ (null);
  /** @param {string | null} since */
  const setPaused = (since) => {
    if (since !== pausedSince)
      replace(paused, since && ['Paused since ', relativeTime(since), ': what comes is kept and waits.']);
    pausedSince = since;
  };
  const element = h(
    'li',
    { class: 'card' },
    h(
      'div',
      { class: 'title' },
      monogram(providerName),
      h(
        'div',
        null,
        h('h2', null, h('a', { href: `/deliveries?source=${encodeURIComponent(id)}` }, id)),
        h('p', { class: 'muted' }, id === provider ? providerName : `${providerName} (${provider})`),
      ),
    ),
    h(
      'div',
      { class: 'url' },
      h('code', null, url),
      copyButton('Copy', () => url),
    ),
    h(
      'p',
      { class: 'muted' },
      handler ??
        (consumed
          ? 'Forwards verified deliveries.'
          : 'No handler: you consume its queue. What waits there is not verified.'),
    ),
    paused,
    depths,
    chart,
    last,
    details,
  );
  return { id, element, setDepth, setActivity, setPaused };
}

/** @param {string} term @param {import('../dom.js').Child} value */
function fact(term, value) {
  return h('div', null, h('dt', null, term), h('dd', null, value));
}

const whoMakes = {
  provider: 'The provider shows the secret; you copy it from there.',
  you: 'You choose the secret and enter it on both sides.',
  publicKey: 'The provider publishes a key; it is no secret.',
  none: 'It has no secret.',
};

/** @param {import('../api.js').SourceGuide} guide */
function describeGuide({ setup, secretFrom, secretVariable, docs, retry }) {
  return [
    setup.length > 0 && h('ol', null, ...setup.map((step) => h('li', null, step))),
    secretFrom && h('p', null, whoMakes[secretFrom]),
    secretVariable !== null &&
      h('p', null, 'In .env it is ', h('code', null, `${secretVariable}=…`), '; a change counts at once.'),
    h('p', null, `It sends again: ${retry}.`),
    h(
      'p',
      null,
      'From outside, let a tunnel lead to the gateway’s port and register the tunnel’s address with the same path.',
    ),
    docs !== null &&
      h('p', null, h('a', { href: docs, target: '_blank', rel: 'noreferrer' }, 'The provider’s own page')),
  ];
}
