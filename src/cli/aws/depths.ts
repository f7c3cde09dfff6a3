import type { SourcePlan } from '../../plan/plan.ts';
import { openQueue, sqsClient } from './open-queue.ts';

/** What a source's queues hold, approximately, as SQS says. */
export interface Depths {
  waiting: number;
  inFlight: number;
  deadLettered: number;
}

/** Asks for the depths of each source's queues, which receives nothing. @throws HookportError */
export async function depthsOnAws(sources: readonly SourcePlan[]): Promise<Map<string, Depths>> {
  const client = sqsClient();
  try {
    const depthOf = async (name: string) => (await openQueue(client, name)).depth();
    const entries = await Promise.all(
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
    return new Map(entries);
  } finally {
    client.destroy();
  }
}
