import { HookportError } from '../../errors.ts';
import { type Depth, toDepth } from '../../local/api/sources.ts';
import type { SourcePlan } from '../../plan/plan.ts';
import { openQueue, sqsClient } from './open-queue.ts';

/**
 * Asks for what each source's queues hold, approximately, which receives nothing.
 *
 * @param tell Told why a source is missing, such as one that is not deployed yet.
 * @throws HookportError where none can be asked for
 */
export async function depthsOnAws(
  sources: readonly SourcePlan[],
  tell: (problem: HookportError) => void = () => undefined,
): Promise<Map<string, Depth>> {
  const client = sqsClient();
  try {
    const depthOf = async (name: string) => (await openQueue(client, name)).depth();
    const asked = await Promise.allSettled(
      sources.map(async ({ id, queue, deadLetterQueue }): Promise<[string, Depth]> => {
        const [depth, dead] = await Promise.all([depthOf(queue.name), depthOf(deadLetterQueue.name)]);
        return [id, toDepth(depth, dead)];
      }),
    );
    const entries = asked.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    for (const each of asked) {
      if (each.status === 'fulfilled') continue;
      if (entries.length === 0 || !(each.reason instanceof HookportError)) throw each.reason;
      tell(each.reason);
    }
    return new Map(entries);
  } finally {
    client.destroy();
  }
}
