import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryState } from '../../local/api/deliveries.ts';
import { askPlatform } from '../running.ts';

/**
 * Waits until the running platform tells what became of each message, for `patienceMs` after the last news at most.
 *
 * @returns by message id; those without an outcome yet are not in it
 */
export async function awaitOutcomes(
  api: string,
  messageIds: readonly string[],
  patienceMs: number,
): Promise<Map<string, DeliveryState>> {
  const found = new Map<string, DeliveryState>();
  let pending = messageIds;
  let lastNews = performance.now();
  for (let pauseMs = 30; pending.length > 0; pauseMs = Math.min(pauseMs * 1.5, 500)) {
    if (performance.now() - lastNews > patienceMs) break;
    await sleep(pauseMs);
    // A page of those that are pending; when none of it is done, the rest is most likely not either.
    for (const id of pending.slice(0, 200)) {
      const [state] = await askPlatform<DeliveryState[]>(api, `/api/deliveries?limit=1&id=${encodeURIComponent(id)}`);
      if (!state) break;
      found.set(id, state);
      lastNews = performance.now();
      pauseMs = 30;
    }
    pending = pending.filter((id) => !found.has(id));
  }
  return found;
}
