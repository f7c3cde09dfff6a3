import { setTimeout as sleep } from 'node:timers/promises';
import { HookportError } from '../../errors.ts';
import type { DeliveryState } from '../../local/api/delivery-state.ts';
import type { SourceState } from '../../local/api/sources.ts';
import type { SourcePlan } from '../../plan/plan.ts';
import type { Answered } from '../../sending/post.ts';
import { askPlatform } from '../running.ts';
import type { TellProgress } from '../progress.ts';
import type { Sent } from './sent.ts';

/**
 * Waits until the running platform tells what became of each message, for `patienceMs` after the last news at most.
 *
 * @returns by message id; those without an outcome yet are not in it
 */
async function awaitOutcomes(
  api: string,
  messageIds: readonly string[],
  patienceMs: number,
  tell?: TellProgress,
): Promise<Map<string, DeliveryState>> {
  const found = new Map<string, DeliveryState>();
  let pending = messageIds;
  let lastNews = performance.now();
  for (let pauseMs = 30; pending.length > 0; pauseMs = Math.min(pauseMs * 1.5, 500)) {
    if (performance.now() - lastNews > patienceMs) break;
    await sleep(pauseMs);
    // A page of those that are pending; when none of it is done, the rest is most likely not either.
    for (const id of pending.slice(0, 200)) {
      const states = await ask<DeliveryState[]>(api, `/api/deliveries?limit=1&id=${encodeURIComponent(id)}`);
      // What it has answered is kept, and handled after its next start.
      if (states === 'stopped') return found;
      const [state] = states;
      if (!state) break;
      found.set(id, state);
      tell?.(found.size, messageIds.length);
      lastNews = performance.now();
      pauseMs = 30;
    }
    pending = pending.filter((id) => !found.has(id));
  }
  return found;
}

/** A platform that is stopped meanwhile is no fault of what was sent. */
async function ask<Answer>(api: string, target: string): Promise<Answer | 'stopped'> {
  try {
    return await askPlatform<Answer>(api, target);
  } catch (error) {
    if (error instanceof HookportError && error.code === 'not_running') return 'stopped';
    throw error;
  }
}

/**
 * What became of each request that was sent, in their order: waiting where nobody here consumes the queue, paused where
 * nothing is taken from it for now, undefined where it was not kept or is not known.
 *
 * @param tell Told of each whose outcome is known, and how many there are.
 */
export async function fatesOf(
  sent: readonly Pick<Answered, 'messageId'>[],
  source: SourcePlan,
  api: string | undefined,
  tell?: TellProgress,
): Promise<Sent['delivery'][]> {
  const { consumer } = source;
  if (!consumer) return sent.map(({ messageId }) => (messageId === undefined ? undefined : 'waiting'));
  if (api === undefined) return sent.map(() => undefined);
  if (await isPaused(source.id, api))
    return sent.map(({ messageId }) => (messageId === undefined ? undefined : 'paused'));
  const ids = sent.flatMap(({ messageId }) => messageId ?? []);
  const outcomes = await awaitOutcomes(api, ids, (consumer.timeoutSeconds + 5) * 1000, tell);
  return sent.map(({ messageId = '' }) => outcomes.get(messageId));
}

async function isPaused(source: string, api: string): Promise<boolean> {
  const sources = await ask<SourceState[]>(api, '/api/sources');
  return sources !== 'stopped' && sources.some(({ id, pausedSince }) => id === source && pausedSince !== null);
}
