/**
 * What the API tells, in its own types.
 *
 * @typedef {import('../../api/delivery-state.ts').DeliveryState} DeliveryState
 * @typedef {import('../../api/delivery-state.ts').DeliveryHistory} DeliveryHistory
 * @typedef {import('../../api/sources.ts').SourceState} SourceState
 * @typedef {import('../../api/activity.ts').Activity} Activity
 * @typedef {import('../../api/guide.ts').SourceGuide} SourceGuide
 * @typedef {import('../../api/dead-letters.ts').DeadLetterGroups} DeadLetterGroups
 * @typedef {import('../../api/dead-letters.ts').DeadLetterGroup} DeadLetterGroup
 * @typedef {import('../../../consumer/dead-letter.ts').DeadLetter} DeadLetter
 * @typedef {import('../../../consumer/dead-letter.ts').DeadLetterContent} DeadLetterContent
 * @typedef {import('../../../consumer/redrive.ts').RedriveReport} RedriveReport
 * @typedef {import('../../../consumer/purge.ts').PurgeReport} PurgeReport
 * @typedef {import('../../explain-kept.ts').Explanation} Explanation
 * @typedef {import('../../api/send.ts').SentRequest} SentRequest
 * @typedef {import('../../../catalogue/provider.ts').Sample} Sample
 */

/**
 * @template T
 * @param {string} target
 * @param {{signal?: AbortSignal | undefined}} [options]
 * @returns {Promise<T>}
 */
export async function get(target, options = {}) {
  return read(await ask(target, { signal: options.signal ?? null }));
}

/**
 * @template T
 * @param {string} target
 * @param {unknown} body
 * @returns {Promise<T>}
 */
export async function post(target, body) {
  const headers = { 'content-type': 'application/json' };
  return read(await ask(target, { method: 'POST', headers, body: JSON.stringify(body) }));
}

/**
 * @typedef {object} Page
 * @property {DeliveryState[]} deliveries
 * @property {string | undefined} next Where to go on.
 * @property {string | undefined} searchedBackTo How far a search came whose time was up.
 */

/**
 * One page of deliveries.
 *
 * @param {string} target
 * @param {AbortSignal} [signal]
 * @returns {Promise<Page>}
 */
export async function getPage(target, signal) {
  const response = await ask(target, { signal: signal ?? null });
  const deliveries = /** @type {DeliveryState[]} */ (await read(response));
  const next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
  return { deliveries, next, searchedBackTo: response.headers.get('hookport-searched-back-to') ?? undefined };
}

/** @param {string} target @param {RequestInit} options */
async function ask(target, options) {
  try {
    return await fetch(target, options);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Error('Hookport does not answer; is `npm start` still running?', { cause: error });
  }
}

/** @param {Response} response */
async function read(response) {
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `the platform answered ${response.status}`);
  return answer;
}
