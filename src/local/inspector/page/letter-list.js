import { get, getPage } from './api.js';
import { differences, maxDifferences } from './diff.js';
import { h, replace } from './dom.js';
import { coloured, prettyText } from './json-view.js';
import { actionButton, relativeTime } from './widgets.js';

/**
 * @typedef {import('./api.js').DeadLetter} DeadLetter
 * @typedef {import('./api.js').DeadLetterContent} DeadLetterContent
 */

/**
 * @param {readonly DeadLetter[]} letters
 * @param {{source: string, selected: Set<string>, update: () => void, signal: AbortSignal}} tools
 */
export function letterList(letters, { source, selected, update, signal }) {
  return h(
    'ul',
    { class: 'letters' },
    ...letters.map((letter) => {
      const { messageId, requestId, deliveryId, detail, restingSince, attempts } = letter;
      const diff = h('div', null);
      return h(
        'li',
        null,
        h(
          'label',
          null,
          h('input', {
            type: 'checkbox',
            onchange(/** @type {Event} */ event) {
              if (/** @type {HTMLInputElement} */ (event.target).checked) selected.add(messageId);
              else selected.delete(messageId);
              update();
            },
          }),
          h('code', null, deliveryId ?? messageId),
        ),
        h(
          'span',
          { class: 'muted' },
          relativeTime(restingSince),
          attempts === null ? '' : `, ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`,
        ),
        h('p', { class: 'muted' }, detail),
        h(
          'div',
          { class: 'buttons' },
          // What no request brought got another message id when it was moved, so the journal cannot be asked for it.
          requestId === null
            ? actionButton('Show its body', async () => replace(diff, await showBody(source, letter, signal)), {
                class: 'quiet',
              })
            : h('a', { href: `/deliveries/${encodeURIComponent(requestId)}` }, 'Open'),
          actionButton(
            'Compare with the last good one',
            async () => replace(diff, ...(await compare(source, letter, signal))),
            { class: 'quiet' },
          ),
        ),
        diff,
      );
    }),
  );
}

/** @param {string} source @param {DeadLetter} letter @param {AbortSignal} signal @returns {Promise<DeadLetterContent>} */
function read(source, { messageId }, signal) {
  return get(`/api/dead-letters/${encodeURIComponent(messageId)}?source=${encodeURIComponent(source)}`, { signal });
}

/** @param {string} source @param {DeadLetter} letter @param {AbortSignal} signal */
async function showBody(source, letter, signal) {
  const { body } = await read(source, letter, signal);
  const code = coloured(prettyText(body) ?? body);
  return h('pre', { tabindex: '0', role: 'region', 'aria-label': 'Body' }, code);
}

/** @param {string} source @param {DeadLetter} letter @param {AbortSignal} signal */
async function compare(source, letter, signal) {
  const { eventType } = letter;
  const type = eventType === null ? '' : `&eventType=${encodeURIComponent(eventType)}`;
  const { deliveries } = await getPage(
    `/api/deliveries?source=${encodeURIComponent(source)}&outcome=handled&limit=1${type}`,
    signal,
  );
  const [last] = deliveries;
  if (!last)
    return [
      h('p', { class: 'muted' }, `No handled delivery of ${eventType ?? 'this source'} is kept to compare with.`),
    ];
  const [good, bad] = /** @type {[import('./api.js').DeliveryHistory, DeadLetterContent]} */ (
    await Promise.all([
      get(`/api/deliveries/${encodeURIComponent(last.requestId)}`, { signal }),
      read(source, letter, signal),
    ])
  );
  const intro = h(
    'p',
    null,
    'Against ',
    h('a', { href: `/deliveries/${encodeURIComponent(last.requestId)}` }, 'the last one that was handled'),
    ', ',
    relativeTime(last.receivedAt),
    ':',
  );
  try {
    const found = differences(good.body, bad.body);
    if (found.length === 0)
      return [
        intro,
        h(
          'p',
          { class: 'muted' },
          good.body === bad.body ? 'The bodies are the same, byte for byte.' : 'The same JSON, written in another way.',
        ),
      ];
    return [
      intro,
      found.length === maxDifferences && h('p', { class: 'muted' }, `The first ${maxDifferences} differences.`),
      h(
        'div',
        { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Differences' },
        h(
          'table',
          { class: 'diff' },
          h(
            'thead',
            null,
            h(
              'tr',
              null,
              h('th', { scope: 'col' }, 'Field'),
              h('th', { scope: 'col' }, 'Last good'),
              h('th', { scope: 'col' }, 'This one'),
            ),
          ),
          h(
            'tbody',
            null,
            ...found.map(({ path, kind, before, after }) =>
              h(
                'tr',
                { 'data-kind': kind },
                h('th', { scope: 'row' }, path === '' ? '(all)' : path),
                h('td', null, before === undefined ? h('span', { class: 'muted' }, 'absent') : h('code', null, before)),
                h('td', null, after === undefined ? h('span', { class: 'muted' }, 'absent') : h('code', null, after)),
              ),
            ),
          ),
        ),
      ),
    ];
  } catch (error) {
    return [
      intro,
      h(
        'p',
        { class: 'muted' },
        good.body === bad.body
          ? 'The bodies are the same, byte for byte.'
          : error instanceof SyntaxError
            ? 'One of the bodies is not JSON, so they cannot be compared field by field.'
            : 'The bodies are nested too deeply to be compared field by field.',
      ),
    ];
  }
}
