import { replace } from './dom.js';
import { count } from './format.js';
import { follow, start } from './live.js';
import { failure } from './widgets.js';
import { showDeadLetters } from './views/dead-letters.js';
import { showDeliveries } from './views/deliveries.js';
import { showDelivery } from './views/delivery.js';
import { showSend } from './views/send.js';
import { showSources } from './views/sources.js';

/**
 * A view fills `main`; when the signal aborts, another one takes its place.
 *
 * @typedef {{main: HTMLElement, url: URL, signal: AbortSignal, go: (target: string) => void}} ViewContext
 * @typedef {{name: string, title: string, show: (context: ViewContext) => Promise<void>}} View
 */

const main = /** @type {HTMLElement} */ (document.querySelector('#main'));
let leaving = new AbortController();
/** Whether the view could not be shown. */
let hasFailed = false;

/** @param {string} path @returns {View} */
function viewOf(path) {
  if (path === '/deliveries') return { name: 'deliveries', title: 'Deliveries', show: showDeliveries };
  if (path.startsWith('/deliveries/')) return { name: 'deliveries', title: 'Delivery', show: showDelivery };
  if (path === '/dead-letters') return { name: 'dead-letters', title: 'Dead letters', show: showDeadLetters };
  if (path === '/send') return { name: 'send', title: 'Send', show: showSend };
  return { name: 'sources', title: 'Sources', show: showSources };
}

async function render() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const url = new URL(location.href);
  const view = viewOf(url.pathname);
  document.title = `${view.title} – Hookport`;
  for (const link of document.querySelectorAll('nav a')) {
    if (link.getAttribute('data-view') === view.name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  hasFailed = false;
  try {
    await view.show({ main, url, signal, go });
  } catch (error) {
    if (signal.aborted) return;
    hasFailed = true;
    replace(main, failure(error));
  }
}

/** @param {string} target */
function go(target) {
  history.pushState({ from: location.pathname }, '', target);
  scrollTo(0, 0);
  void render();
  // At once: whoever goes by keyboard is in the new view, however long it takes to fill.
  main.focus({ preventScroll: true });
}

document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || link.origin !== location.origin || link.target !== '' || link.getAttribute('href')?.startsWith('#'))
    return;
  event.preventDefault();
  go(link.href);
});
addEventListener('popstate', () => void render());

const gone = document.querySelector('#gone');
/** @type {ReturnType<typeof setTimeout> | undefined} */
let goneTimer;

/** A connection that is made anew at once is no news. @param {'live' | 'connecting'} state */
function tellGone(state) {
  if (state === 'live') {
    clearTimeout(goneTimer);
    goneTimer = undefined;
    if (gone) gone.textContent = '';
  } else goneTimer ??= setTimeout(showGone, 1500);
}

function showGone() {
  if (!gone) return;
  if (document.visibilityState !== 'visible') {
    // It does not listen then. Who comes back is told if it still cannot.
    goneTimer = undefined;
    return;
  }
  gone.textContent =
    'Hookport does not answer. What you see is of before; this page goes on by itself once it runs again: npm start.';
}

const live = document.querySelector('#live');
const liveText = document.querySelector('#live-text');
const deadCount = document.querySelector('#dead-count');
follow({
  onState(state) {
    live?.setAttribute('data-state', state);
    if (liveText) liveText.textContent = state === 'live' ? 'live' : 'connecting';
    tellGone(state);
    if (state === 'live' && hasFailed) void render();
  },
  onDepths(depths) {
    const dead = depths.reduce((sum, { deadLettered }) => sum + deadLettered, 0);
    if (!deadCount) return;
    deadCount.textContent = count(dead);
    deadCount.toggleAttribute('hidden', dead === 0);
  },
});
start();
void render();
