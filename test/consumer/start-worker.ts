import { vi } from 'vitest';
import { github } from '../../providers/github.ts';
import { startWorker, type WorkerOptions } from '../../src/consumer/worker.ts';
import type { Dispatch } from '../../src/delivery/dispatch.ts';
import type { Outcome } from '../../src/delivery/outcome.ts';
import type { DeliveryRecord } from '../../src/delivery/record.ts';
import { createLogFake } from '../fakes/log.ts';
import { createFakeQueue } from '../fakes/queue.ts';
import { type Arrival, arrived, createFakeSecrets, sourcePlan } from '../fakes/source.ts';

/** Lets everything happen that is due within so long. */
export const pass = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);

export function setUp(dispatch: Dispatch, options: Partial<WorkerOptions> = {}) {
  const queue = createFakeQueue('acme-github');
  const deadLetterQueue = createFakeQueue('acme-github-dlq');
  const records: DeliveryRecord[] = [];
  const log = createLogFake();
  const worker = startWorker({
    source: sourcePlan(),
    provider: github,
    queue,
    deadLetterQueue,
    secrets: createFakeSecrets('right'),
    dispatch,
    record: (record) => void records.push(record),
    clock: Date.now,
    log,
    random: () => 0.5,
    ...options,
  });
  const put = (arrival: Arrival = {}) => {
    const { body, attributes } = arrived(arrival);
    return queue.put(body, attributes);
  };
  return { queue, deadLetterQueue, records, log, worker, put };
}

export const handled: Dispatch = async (deliveries) => deliveries.map(() => ({ kind: 'handled' }));
export const failing: Dispatch = async (deliveries) =>
  deliveries.map(() => ({ kind: 'failed', reason: 'handler_error', detail: 'Error: no' }));

/** A dispatch whose runs end when the test says so. */
export function held() {
  const runs: { ids: string[]; end: (outcome?: Outcome) => void }[] = [];
  const dispatch: Dispatch = (deliveries) =>
    new Promise((resolve) => {
      runs.push({
        ids: deliveries.map(({ id }) => id),
        end: (outcome = { kind: 'handled' }) => resolve(deliveries.map(() => outcome)),
      });
    });
  return { runs, dispatch };
}
