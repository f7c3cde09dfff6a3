import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Starts `each` so many times a second, whether those before have ended or not, and resolves when all have.
 *
 * @param each gets its number and when it was due, by `performance.now()`
 * @throws Error when those of ten seconds have not ended: it does not keep up, and what waits would fill the memory
 */
export async function pace(
  { perSecond, seconds }: { perSecond: number; seconds: number },
  each: (index: number, dueAt: number) => Promise<void>,
): Promise<void> {
  const startedAt = performance.now();
  const total = Math.round(perSecond * seconds);
  const open = new Set<Promise<void>>();
  for (let index = 0; index < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) * perSecond) / 1000) + 1);
    for (; index < due; index += 1) {
      const one: Promise<void> = each(index, startedAt + (index * 1000) / perSecond).finally(() => open.delete(one));
      open.add(one);
    }
    if (open.size > 10 * perSecond)
      throw new Error(`${open.size} are unanswered after ${index}: ${Math.round(perSecond)} a second is too much`);
    await sleep(1);
  }
  await Promise.all(open);
}
