import { eachSource } from './rule.ts';

/** What only a consumer of ours carries out. */
const consumerSettings = [
  'events',
  'payloadSchema',
  'batch',
  'concurrency',
  'timeout',
  'tolerance',
  'deduplicate',
  'onRejected',
  'function',
  'consumer',
  'worker',
] as const;

/**
 * Settings that nothing would carry out: without a handler and a forward the queue is consumed from outside, raw. Who
 * writes `deduplicate` there believes something that is not so. In `defaults` they are for the other sources, and for whoever
 * takes the queue with `createWorker`.
 */
export const idleSettings = eachSource(({ id, handler, forward }, { raw, mistakes }) => {
  if (handler !== undefined || forward) return [];
  // A misspelt `handler` is one mistake, not two.
  if (mistakes.some(({ path }) => path[0] === 'sources' && path[1] === id)) return [];
  const written = raw.sources[id] ?? {};
  return consumerSettings
    .filter((key) => Object.hasOwn(written, key))
    .map((key) => ({
      path: ['sources', id, key],
      at: 'key' as const,
      message: `"${key}" has no effect: "${id}" has neither \`handler\` nor \`forward\`, so its queue is consumed from outside, unverified`,
    }));
});
