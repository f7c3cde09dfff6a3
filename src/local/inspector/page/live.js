/**
 * Follows the server's events while the page can be seen: a browser keeps six connections at most to one server, and a
 * page in the background had better not hold one.
 *
 * @typedef {import('./api.js').DeliveryState} DeliveryState
 * @typedef {{attempts: DeliveryState[], omitted: number}} Attempts
 * @typedef {{id: string, waiting: number, inFlight: number, deadLettered: number}[]} Depths
 * @typedef {{onAttempts?: (event: Attempts) => void, onDepths?: (event: Depths) => void, onState?: (state: 'live' | 'connecting') => void}} Follower
 */

/** @type {Set<Follower>} */
const followers = new Set();
/** @type {EventSource | undefined} */
let source;
/** @type {Depths} */
let lastDepths = [];
/** @type {'live' | 'connecting'} */
let state = 'connecting';

/**
 * @param {Follower} follower Is told the depths and the state of now at once.
 * @param {AbortSignal} [signal] Ends it.
 */
export function follow(follower, signal) {
  followers.add(follower);
  signal?.addEventListener('abort', () => followers.delete(follower));
  follower.onState?.(state);
  if (lastDepths.length > 0) follower.onDepths?.(lastDepths);
}

/** Begins to listen; to be called once. */
export function start() {
  document.addEventListener('visibilitychange', update);
  addEventListener('pagehide', close);
  addEventListener('pageshow', update);
  update();
}

function update() {
  if (document.visibilityState === 'hidden') close();
  else if (!source) open();
}

let hasMissed = false;

function open() {
  source = new EventSource('/api/events');
  source.addEventListener('open', () => {
    setState('live');
    // What happened while it was not listening is not known: lists read anew.
    if (hasMissed) for (const each of followers) each.onAttempts?.({ attempts: [], omitted: 1 });
    hasMissed = true;
  });
  source.addEventListener('error', () => {
    setState('connecting');
    // A browser that was answered something else than events gives up for good.
    if (source?.readyState === EventSource.CLOSED) {
      source = undefined;
      setTimeout(update, 3000);
    }
  });
  source.addEventListener('attempts', ({ data }) => {
    const event = /** @type {Attempts} */ (JSON.parse(data));
    for (const each of followers) each.onAttempts?.(event);
  });
  source.addEventListener('depths', ({ data }) => {
    lastDepths = /** @type {Depths} */ (JSON.parse(data));
    for (const each of followers) each.onDepths?.(lastDepths);
  });
}

function close() {
  source?.close();
  source = undefined;
  setState('connecting');
}

/** @param {'live' | 'connecting'} next */
function setState(next) {
  state = next;
  for (const each of followers) each.onState?.(next);
}
