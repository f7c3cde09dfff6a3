import { randomUUID } from 'node:crypto';
import type { EventBus } from '../consumer/forward/event-bus.ts';
import type { QueuePlan, SourcePlan } from '../plan/plan.ts';
import type { Queue } from '../queue/queue.ts';

/**
 * The queue that stands for a source's event bus on this machine: what would be put on the bus lies there, and nothing
 * goes to AWS, whatever credentials the environment holds. Undefined where the source forwards to no bus.
 */
export function recordedBusQueue({ queue, deadLetterQueue, consumer }: SourcePlan): QueuePlan | undefined {
  if (consumer?.forward?.eventBus === undefined) return undefined;
  return { ...deadLetterQueue, name: `${queue.name}-events` };
}

/** A bus that keeps each event in a queue, in the form in which a rule with an SQS target would send it on. */
export function recordedBus(queue: Queue): EventBus {
  return {
    put: (events) =>
      Promise.all(
        events.map(async ({ source, detailType, detail, time }) => {
          const head = JSON.stringify({
            version: '0',
            id: randomUUID(),
            'detail-type': detailType,
            source,
            account: '000000000000',
            time: `${new Date(time).toISOString().slice(0, 19)}Z`,
            region: 'us-east-1',
            resources: [],
          });
          const sent = await queue.send({ body: `${head.slice(0, -1)},"detail":${detail}}`, attributes: {} });
          return sent.ok ? { ok: true as const } : { ok: false as const, refused: true, detail: sent.code };
        }),
      ),
  };
}
