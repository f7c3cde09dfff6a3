import { github } from '../../providers/github.ts';
import type { VerifiedDelivery } from '../../src/delivery/delivery.ts';
import { createPipeline, type PipelineOptions } from '../../src/delivery/pipeline.ts';
import type { ReceivedMessage } from '../../src/queue/queue.ts';
import { createLogFake } from './log.ts';
import { type Arrival, createFakeSecrets, received, sourcePlan } from './source.ts';

/** GitHub's pipeline among fakes, which handles all that is dispatched, and what it dispatched. */
export function setUpPipeline(options: Partial<PipelineOptions> = {}) {
  const secrets = createFakeSecrets('right');
  const log = createLogFake();
  const dispatched: VerifiedDelivery[] = [];
  const pipeline = createPipeline({
    source: sourcePlan(),
    provider: github,
    secrets,
    dispatch: async (deliveries) => {
      dispatched.push(...deliveries);
      return deliveries.map(() => ({ kind: 'handled' }));
    },
    clock: Date.now,
    log,
    ...options,
  });
  const process = async (message: ReceivedMessage) => {
    const [processed] = await pipeline.process([message]);
    if (!processed) throw new Error('nothing came of the message');
    return processed;
  };
  const run = (arrival?: Arrival, more?: Partial<ReceivedMessage>) => process(received(arrival, more));
  return { pipeline, process, secrets, dispatched, log, run };
}
