import { get, getPage, post } from '../api.js';
import { h, replace } from '../dom.js';
import { bytes, count } from '../format.js';
import { layOut } from '../json-view.js';
import { actionButton, empty, outcomePill, toastFailure } from '../widgets.js';

/**
 * @typedef {import('../api.js').Sample} Sample
 * @typedef {import('../api.js').SentRequest} SentRequest
 */

/** @param {import('../main.js').ViewContext} context */
export async function showSend({ main, url, signal }) {
  const sources = /** @type {import('../api.js').SourceState[]} */ (await get('/api/sources', { signal }));
  const from = url.searchParams.get('from');
  const wanted = url.searchParams.get('source') ?? sources[0]?.id;
  const source = h(
    'select',
    { name: 'source' },
    ...sources.map(({ id }) => h('option', { value: id, selected: id === wanted }, id)),
  );
  const sample = h('select', { name: 'sample' });
  const headers = h('textarea', { name: 'headers', rows: 5, spellcheck: 'false', autocomplete: 'off' });
  const query = h('textarea', { name: 'query', rows: 2, spellcheck: 'false', autocomplete: 'off' });
  const queryField = field('Query parameters', query);
  const body = h('textarea', { name: 'body', rows: 16, spellcheck: 'false', autocomplete: 'off' });
  const mode = h('select', { name: 'mode' });
  const explained = h('p', { class: 'muted small' });
  const results = h('ol', { class: 'sent', 'aria-label': 'What was sent' });

  /** @param {Pick<Sample, 'headers' | 'query' | 'body'>} content */
  const fill = (content) => {
    headers.value = writeFields(content.headers);
    query.value = writeFields(content.query ?? {});
    // Few providers have any.
    queryField.hidden = query.value === '';
    body.value = content.body;
  };
  const path = () => `/api/sources/${encodeURIComponent(source.value)}`;
  let explain = () => {};
  const samplePath = () => `${path()}/samples/${sample.value}`;
  const loadSample = async () => {
    if (sample.value === '') return;
    const wanted = samplePath();
    const content = /** @type {Sample} */ (await get(wanted, { signal }));
    // Another one may have been chosen meanwhile.
    if (wanted === samplePath()) fill(content);
  };
  const loadSource = async () => {
    const wanted = source.value;
    const [samples, guide] = /** @type {[{event: string, bytes: number}[], import('../api.js').SourceGuide]} */ (
      await Promise.all([get(`${path()}/samples`, { signal }), get(`${path()}/guide`, { signal })])
    );
    if (wanted !== source.value) return;
    replace(
      sample,
      samples.length === 0 ? h('option', { value: '' }, 'no samples: write your own') : null,
      ...samples.map((each, place) => h('option', { value: place }, `${each.event} (${bytes(each.bytes)})`)),
    );
    replace(
      mode,
      h('option', { value: '' }, 'as the provider would'),
      h(
        'optgroup',
        { label: 'As nobody should' },
        ...guide.modes.map(({ name, inapplicable }) =>
          h('option', { value: name, disabled: inapplicable !== null }, name.replaceAll('-', ' ')),
        ),
      ),
    );
    const tell = () =>
      replace(
        explained,
        guide.modes.find(({ name }) => name === mode.value)?.description ??
          'Signed with the source’s secret and the time of now, posted to the gateway like any webhook.',
      );
    explain = tell;
    tell();
    if (samples.length === 0) fill({ headers: { 'content-type': 'application/json' }, body: '{}' });
  };
  mode.addEventListener('change', () => explain());
  const send = async () => {
    const sent = /** @type {SentRequest[]} */ (
      await post('/api/send', {
        source: source.value,
        headers: readHeaders(headers.value),
        query: readFields(query.value),
        body: body.value,
        ...(mode.value !== '' && { mode: mode.value }),
      })
    );
    results.querySelector('.empty')?.remove();
    const consumed = sources.find(({ id }) => id === source.value)?.consumed ?? false;
    for (const each of sent) results.prepend(resultOf(each, { consumed, source: source.value, signal }));
    // Another id for the next one, or it would count as a duplicate.
    if (mode.value === '' && body.dataset['edited'] === undefined) await loadSample();
  };
  body.addEventListener('input', () => {
    body.dataset['edited'] = '';
  });
  const changeSample = async () => {
    delete body.dataset['edited'];
    await loadSample();
  };
  source.addEventListener('change', () => void loadSource().then(changeSample).catch(toastFailure));
  sample.addEventListener('change', () => void changeSample().catch(toastFailure));
  const layBodyOut = () => {
    // JSON alone: a form that is laid out for reading is none any more, and this one is sent.
    body.value = layOut(body.value) ?? body.value;
    body.dataset['edited'] = '';
  };

  replace(
    main,
    h(
      'div',
      { class: 'head' },
      h('h1', null, 'Send'),
      h('p', { class: 'muted' }, 'A webhook as the provider would send it, or as nobody should.'),
    ),
    h(
      'div',
      { class: 'columns' },
      h(
        'form',
        { class: 'send', onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
        h('div', { class: 'pair' }, field('Source', source), field('Sample', sample)),
        field('Headers', headers),
        queryField,
        field('Body', body),
        field('Send it', mode),
        explained,
        h(
          'div',
          { class: 'buttons' },
          actionButton('Send', send, { class: 'primary' }),
          h('button', { type: 'button', class: 'quiet', onclick: layBodyOut }, 'Lay the JSON out'),
        ),
      ),
      h('section', { 'aria-labelledby': 'sent' }, h('h2', { id: 'sent' }, 'What became of it'), results),
    ),
  );
  results.append(
    h(
      'li',
      { class: 'empty' },
      empty(h('p', null, 'What the gateway answers, and what then became of the delivery, is told here.')),
    ),
  );
  await loadSource();
  if (from === null) await loadSample();
  else {
    fill(await get(`/api/deliveries/${encodeURIComponent(from)}`, { signal }));
    body.dataset['edited'] = '';
  }
}

/** @param {string} label @param {Element} control */
function field(label, control) {
  return h('label', { class: 'field' }, h('span', null, label), control);
}

/** @param {Readonly<Record<string, string>>} fields @returns one `name: value` on each line */
function writeFields(fields) {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

/** @param {string} text one `name: value` on each line */
function readFields(text) {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      if (colon < 1) throw new Error(`"${line}" is not "name: value"`);
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }),
  );
}

/** By lower-case name. @param {string} text */
function readHeaders(text) {
  const fields = Object.entries(readFields(text));
  return Object.fromEntries(fields.map(([name, value]) => [name.toLowerCase(), value]));
}

/** @param {SentRequest} sent @param {{consumed: boolean, source: string, signal: AbortSignal}} about */
function resultOf({ what, expected, status, milliseconds, messageId, why }, { consumed, source, signal }) {
  const fate = h('p', null);
  const element = h(
    'li',
    { class: 'card' },
    h(
      'p',
      null,
      h('strong', null, status === 0 ? 'No answer' : `Answered ${status}`),
      h('span', { class: 'muted' }, ` after ${count(Math.round(milliseconds))} ms, ${source}`),
    ),
    what !== null && h('p', null, what),
    why !== null && h('p', { class: 'muted' }, why),
    fate,
    h('p', { class: 'muted small' }, `Expected: ${expected}.`),
  );
  if (messageId === null) replace(fate, h('span', { class: 'muted' }, 'Nothing was kept.'));
  else if (!consumed) replace(fate, h('span', { class: 'muted' }, 'Kept. It waits in the queue, which you consume.'));
  else void tellFate(fate, messageId, signal);
  return element;
}

/** How often and how long it is asked what became of it; a retry of a failed one is told on its own page. */
const askEveryMs = 400;
const askTimes = 50;

/** @param {Element} fate @param {string} messageId @param {AbortSignal} signal */
async function tellFate(fate, messageId, signal) {
  replace(fate, h('span', { class: 'muted' }, 'Kept; waiting for what becomes of it …'));
  for (let time = 0; time < askTimes && !signal.aborted; time += 1) {
    const page = await getPage(`/api/deliveries?id=${encodeURIComponent(messageId)}&limit=1`, signal).catch(
      () => undefined,
    );
    const delivery = page?.deliveries[0];
    if (delivery) {
      replace(
        fate,
        outcomePill(delivery),
        ' ',
        h('a', { href: `/deliveries/${encodeURIComponent(delivery.requestId)}` }, 'Open'),
      );
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
  replace(
    fate,
    h('span', { class: 'muted' }, 'Kept, and not yet tried or still in hand. '),
    h('a', { href: `/deliveries/${encodeURIComponent(messageId)}` }, 'Look again'),
  );
}
