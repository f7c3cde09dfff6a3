import { h, svg } from './dom.js';
import { ago, timeOfDay, words } from './format.js';

/** @typedef {import('./api.js').DeliveryState} DeliveryState */

const tints = ['#3451b2', '#0b6b53', '#8a3a8f', '#9a4a0c', '#a02c48', '#33616e', '#5b4bb8', '#4d6318'];

/** A provider's mark: its initials, drawn; no logo. @param {string} name @param {number} [size] */
export function monogram(name, size = 36) {
  const initials = name
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .slice(0, 2)
    .map((word) => word.slice(0, 1).toUpperCase())
    .join('');
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return svg(
    'svg',
    { viewBox: '0 0 36 36', width: size, height: size, class: 'monogram', 'aria-hidden': 'true' },
    svg('rect', { width: 36, height: 36, rx: 9, fill: tints[sum % tints.length] ?? '#3451b2' }),
    svg('text', { x: 18, y: 19, 'text-anchor': 'middle', 'dominant-baseline': 'middle', fill: '#fff' }, initials),
  );
}

/** @param {Pick<DeliveryState, 'outcome' | 'reason'>} delivery */
export function outcomePill({ outcome, reason }) {
  return h(
    'span',
    { class: 'pill', 'data-outcome': outcome },
    outcome,
    reason !== null && h('span', { class: 'why' }, words(reason)),
  );
}

/** A time that stays right while one looks at it. @param {string | null} iso @param {string} [otherwise] */
export function relativeTime(iso, otherwise = 'never') {
  if (iso === null) return h('span', { class: 'muted' }, otherwise);
  return h('time', { datetime: iso, title: new Date(iso).toLocaleString(), 'data-ago': true }, ago(iso));
}

/** A time of day, which gets its day before it once that is over. @param {string} iso */
export function clockTime(iso) {
  return h('time', { datetime: iso, title: new Date(iso).toLocaleString(), 'data-clock': true }, timeOfDay(iso));
}

/** @param {string} selector @param {(iso: string) => string} tell */
function tellAnew(selector, tell) {
  for (const time of document.querySelectorAll(selector)) {
    const text = tell(time.getAttribute('datetime') ?? '');
    if (time.textContent !== text) time.textContent = text;
  }
}

let today = new Date().toDateString();
setInterval(() => {
  tellAnew('time[data-ago]', ago);
  // Some thousand rows may stand there, and change once a day.
  if (today === new Date().toDateString()) return;
  today = new Date().toDateString();
  tellAnew('time[data-clock]', timeOfDay);
}, 5000);

/** @param {string} label @param {() => string | Promise<string>} text what to copy */
export function copyButton(label, text) {
  return actionButton(
    label,
    async () => {
      await navigator.clipboard.writeText(await text());
      toast('Copied.');
    },
    { class: 'quiet' },
  );
}

/**
 * A button that is off while what it does is going on; a failure is told.
 *
 * @param {string} label
 * @param {() => Promise<unknown>} act
 * @param {{class?: string, disabled?: boolean}} [props]
 */
export function actionButton(label, act, props = {}) {
  const button = h('button', { type: 'button', ...props }, label);
  const run = async () => {
    const hadFocus = document.activeElement === button;
    button.disabled = true;
    try {
      await act();
    } catch (error) {
      toastFailure(error);
    } finally {
      button.disabled = false;
      // It lost the focus with that.
      if (hadFocus && document.activeElement === document.body) button.focus();
    }
  };
  button.addEventListener('click', () => void run());
  return button;
}

/** Tells something for a moment, also to who does not see it. @param {string} text @param {'well' | 'failed'} [kind] */
export function toast(text, kind = 'well') {
  const note = h('p', { class: 'toast', 'data-kind': kind }, text);
  document.querySelector('#toasts')?.append(note);
  setTimeout(() => note.remove(), kind === 'failed' ? 9000 : 4000);
}

/** Tells what went wrong, but of a view that was left meanwhile. @param {unknown} error */
export function toastFailure(error) {
  if (error instanceof DOMException && error.name === 'AbortError') return;
  toast(error instanceof Error ? error.message : String(error), 'failed');
}

/** Asks before what cannot be taken back. @param {string} question @param {string} detail @param {string} yes @returns {Promise<boolean>} */
export function confirm(question, detail, yes) {
  return new Promise((resolve) => {
    const dialog = h(
      'dialog',
      { 'aria-labelledby': 'question' },
      h('h2', { id: 'question' }, question),
      h('p', null, detail),
      h(
        'div',
        { class: 'buttons' },
        h('button', { type: 'button', onclick: () => dialog.close('no') }, 'Cancel'),
        h('button', { type: 'button', class: 'danger', onclick: () => dialog.close('yes') }, yes),
      ),
    );
    dialog.addEventListener('close', () => {
      resolve(dialog.returnValue === 'yes');
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A command to run in a terminal. @param {string} command */
export function command(command) {
  return h(
    'p',
    { class: 'command' },
    h('code', null, command),
    copyButton('Copy', () => command),
  );
}

/** @param {...import('./dom.js').Child} children */
export function empty(...children) {
  return h('div', { class: 'empty' }, ...children);
}

/** @param {unknown} error */
export function failure(error) {
  return h('p', { class: 'failure', role: 'alert' }, error instanceof Error ? error.message : String(error));
}
