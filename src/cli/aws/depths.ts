import { HookportError } from '../../errors.ts';
import type { SourcePlan } from '../../plan/plan.ts';
import { openQueue, sqsClient } from './open-queue.ts';

/** What a source's queues hold, approximately, as SQS says. */
export interface Depths {
  waiting: number;
  inFlight: number;
  deadLettered: number;
}

/**
 * Asks for the depths of each source's queues, which receives nothing.
 *
 * @param tell Told why a source is missing, such as one that is not deployed yet.
 * @throws HookportError where none can be asked for
 */
export async function depthsOnAws(
  sources: readonly SourcePlan[],
  tell: (problem: HookportError) => void = () => undefined,
): Promise<Map<string, Depths>> {
  const client = sqsClient();
  try {
    const depthOf = async (name: string) => (await openQueue(client, name)).depth();
    const asked = await Promise.allSettled(
      sources.map(async ({ id, queue, deadLetterQueue }): Promise<[string, Depths]> => {
        const [depth, dead] = await Promise.all([depthOf(queue.name), depthOf(deadLetterQueue.name)]);
        return [
          id,
          {
            waiting: depth.visible + depth.delayed,
            inFlight: depth.inFlight,
            deadLettered: dead.visible + dead.inFlight + dead.delayed,
          },
        ];
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
