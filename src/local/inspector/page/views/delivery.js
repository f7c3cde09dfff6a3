import { get, post } from '../api.js';
import { toCurl } from '../curl.js';
import { keyOf, untyped } from '../delivery-row.js';
import { h, replace } from '../dom.js';
import { bytes, words } from '../format.js';
import { coloured, prettyText } from '../json-view.js';
import { follow } from '../live.js';
import { actionButton, clockTime, copyButton, failure, outcomePill, relativeTime, toast } from '../widgets.js';

/**
 * @typedef {import('../api.js').DeliveryHistory} DeliveryHistory
 * @typedef {import('../api.js').Explanation} Explanation
 * @typedef {import('../api.js').SourceState} SourceState
 */

/** @param {import('../main.js').ViewContext} context */
export async function showDelivery({ main, url, signal, go }) {
  const target = `/api/deliveries/${url.pathname.slice('/deliveries/'.length)}`;
  const [delivery, sources] = /** @type {[DeliveryHistory, SourceState[]]} */ (
    await Promise.all([get(target, { signal }), get('/api/sources', { signal })])
  );
  const source = sources.find(({ id }) => id === delivery.source);
  const head = h('div', null);
  const attempts = h('section', { 'aria-labelledby': 'attempts' });
  const verification = h(
    'section',
    { 'aria-labelledby': 'verification', class: 'verification' },
    h('h2', { id: 'verification' }, 'Verification'),
    h('p', { class: 'muted' }, 'Looking …'),
  );
  replace(
    main,
    h('p', { class: 'back' }, h('a', { href: '/deliveries', onclick: goBack }, '← Deliveries')),
    head,
    h(
      'div',
      { class: 'columns' },
      h('div', null, verification, attempts),
      h('div', null, headersSection(delivery), querySection(delivery), bodySection(delivery)),
    ),
  );

  /** @param {DeliveryHistory} now */
  const show = (now) => {
    replace(head, ...headOf(now, source, go));
    replace(attempts, ...attemptsOf(now));
  };
  const explain = async () => {
    try {
      const explanation = /** @type {Explanation} */ (await get(`${target}/verification`, { signal }));
      replace(verification, ...explanationOf(explanation));
    } catch (error) {
      if (!signal.aborted) replace(verification, failure(error));
    }
  };
  let shown = delivery;
  let isReading = false;
  let isDue = false;
  /** One after the other, however much is going on. */
  const refresh = async () => {
    isDue = true;
    if (isReading) return;
    isReading = true;
    while (isDue && !signal.aborted) {
      isDue = false;
      await readAnew();
    }
    isReading = false;
  };
  const readAnew = async () => {
    // Under load the journal may know of it a little later.
    for (let time = 0; time < 5; time += 1) {
      const now = /** @type {DeliveryHistory | undefined} */ (await get(target, { signal }).catch(() => undefined));
      if (!now || signal.aborted) return;
      if (now.finishedAt !== shown.finishedAt || time === 4) {
        shown = now;
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    show(shown);
    await explain();
  };
  show(delivery);
  follow(
    {
      onAttempts({ attempts: news, omitted }) {
        // Its own may be among those that are left out.
        if (omitted > 0 || news.some((each) => keyOf(each) === keyOf(delivery))) void refresh();
      },
    },
    signal,
  );
  await explain();
}

/** Back to the list as it was, with its filters, if one came from there. @param {Event} event */
function goBack(event) {
  if (history.state?.from !== '/deliveries') return;
  event.preventDefault();
  history.back();
}

/** @param {DeliveryHistory} delivery @param {SourceState | undefined} source @param {(target: string) => void} go */
function headOf(delivery, source, go) {
  const { eventType, detail, deadLettered, receivedAt, requestId } = delivery;
  const again = async () => {
    await post('/api/replay', { id: requestId });
    toast('Submitted again; it is verified and handled like any other.');
  };
  const redrive = async () => {
    const report = /** @type {import('../api.js').RedriveReport} */ (
      await post('/api/redrive', { source: delivery.source, ids: [requestId] })
    );
    const [skipped] = Object.keys(report.skipped);
    if (report.moved > 0) toast('Back in its queue.');
    else if (skipped) toast(`Not moved: it would be refused again (${words(skipped)}).`, 'failed');
    else if (report.failed > 0) toast('It could not be moved; see the log.', 'failed');
    else toast('It is not in the dead-letter queue any more.', 'failed');
  };
  return [
    h(
      'div',
      { class: 'head' },
      h('h1', null, eventType ?? capital(untyped(delivery)), ' ', h('span', { class: 'muted' }, delivery.source)),
      outcomePill(delivery),
    ),
    detail !== null && h('p', { class: 'lead' }, detail),
    delivery.suspectedReplay && h('p', { class: 'lead' }, 'The same body has already come under another id.'),
    h(
      'div',
      { class: 'buttons' },
      // One that no request brought cannot be verified, and is called otherwise in the dead-letter queue.
      deadLettered &&
        requestId !== delivery.messageId &&
        actionButton('Verify again and redrive', redrive, { class: 'primary' }),
      actionButton(deadLettered ? 'Submit a copy again' : 'Send to the handler again', again),
      source && copyButton('Copy as curl', () => toCurl(source.url, delivery)),
      h(
        'button',
        {
          type: 'button',
          class: 'quiet',
          onclick: () =>
            go(`/send?source=${encodeURIComponent(delivery.source)}&from=${encodeURIComponent(requestId)}`),
        },
        'Edit and send',
      ),
    ),
    h(
      'dl',
      { class: 'facts wide' },
      ...Object.entries({
        Arrived: h('span', null, new Date(receivedAt).toLocaleString(), ' (', relativeTime(receivedAt), ')'),
        'Delivery id': h('code', null, delivery.id ?? 'not verified'),
        'Request id': h('code', null, requestId),
        'Message id': h('code', null, delivery.messageId),
        From: h('code', null, delivery.sourceIp ?? 'not known'),
        'Secret that matched': delivery.secretVersion ?? 'none',
      }).map(([term, value]) => h('div', null, h('dt', null, term), h('dd', null, value))),
    ),
  ];
}

/** @param {Explanation} explanation */
function explanationOf({ steps, findings }) {
  return [
    h('h2', { id: 'verification' }, 'Verification'),
    findings.length > 0 &&
      h(
        'ul',
        { class: 'findings' },
        ...findings.map(({ code, text, advice }) =>
          h(
            'li',
            { 'data-code': code },
            h('p', { class: 'what' }, capital(text), '.'),
            h('p', null, capital(advice), '.'),
          ),
        ),
      ),
    h(
      'ol',
      { class: 'steps' },
      ...steps.map(({ title, text, state }) =>
        h(
          'li',
          { 'data-state': state },
          h('h3', null, title, h('span', { class: 'hidden' }, `: ${state}`)),
          h('p', null, text),
        ),
      ),
    ),
    h(
      'p',
      { class: 'muted small' },
      'Checked now, with the secrets of now. Neither a secret nor an expected signature is ever shown.',
    ),
  ];
}

/** @param {DeliveryHistory} delivery */
function attemptsOf({ attempts, finishedAt: lastAt }) {
  const isCut = attempts.at(-1)?.finishedAt !== lastAt;
  const number = `${isCut ? 'The first ' : ''}${attempts.length} attempts`;
  return [
    h('h2', { id: 'attempts' }, attempts.length === 1 ? 'One attempt' : number),
    h(
      'ol',
      { class: 'attempts' },
      ...attempts.map(({ attempt, outcome, reason, detail, deadLettered, durationMs, finishedAt }) =>
        h(
          'li',
          null,
          h(
            'p',
            null,
            clockTime(finishedAt),
            ' ',
            outcomePill({ outcome, reason: reason ?? null }),
            ' ',
            h(
              'span',
              { class: 'muted' },
              `attempt ${attempt}, ${durationMs} ms`,
              deadLettered ? ', to the dead-letter queue' : '',
            ),
          ),
          detail !== undefined && h('p', { class: 'muted' }, detail),
        ),
      ),
    ),
  ];
}

/** @param {DeliveryHistory} delivery */
function headersSection({ headers }) {
  return h(
    'section',
    null,
    h('h2', null, 'Headers kept'),
    Object.keys(headers).length === 0 ? h('p', { class: 'muted' }, 'None.') : fieldsTable('Headers', headers),
    h('p', { class: 'muted small' }, 'Only what the provider’s definition names is kept, and never a static token.'),
  );
}

/** Most providers have none. @param {DeliveryHistory} delivery */
function querySection({ query }) {
  if (Object.keys(query).length === 0) return null;
  return h('section', null, h('h2', null, 'Query parameters kept'), fieldsTable('Query parameters', query));
}

/** @param {string} label @param {Readonly<Record<string, string>>} fields */
function fieldsTable(label, fields) {
  return h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label },
    h(
      'table',
      { class: 'headers' },
      h(
        'tbody',
        null,
        ...Object.entries(fields).map(([name, value]) =>
          h('tr', null, h('th', { scope: 'row' }, name), h('td', null, h('code', null, value))),
        ),
      ),
    ),
  );
}

/** @param {DeliveryHistory} delivery */
function bodySection({ body }) {
  const pretty = prettyText(body);
  const pre = h('pre', { tabindex: '0', role: 'region', 'aria-label': 'Body' });
  const show = (/** @type {boolean} */ isRaw) => {
    replace(pre, isRaw || pretty === undefined ? h('code', null, body) : coloured(pretty));
    for (const button of toggle.querySelectorAll('button'))
      button.setAttribute('aria-pressed', String((button.textContent === 'Raw') === isRaw));
  };
  const toggle = h(
    'div',
    { class: 'toggle', role: 'group', 'aria-label': 'Show the body' },
    ...['Pretty', 'Raw'].map((label) => h('button', { type: 'button', onclick: () => show(label === 'Raw') }, label)),
  );
  show(false);
  return h(
    'section',
    null,
    h(
      'div',
      { class: 'head' },
      h('h2', null, 'Body ', h('span', { class: 'muted' }, bytes(new Blob([body]).size))),
      h(
        'div',
        { class: 'buttons' },
        pretty !== undefined && toggle,
        copyButton('Copy', () => body),
      ),
    ),
    pre,
  );
}

/** @param {string} text */
function capital(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
