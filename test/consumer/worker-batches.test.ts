import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openEmbeddedQueues } from '../../src/queue/embedded/open.ts';
import { arrived, sourcePlan } from '../fakes/source.ts';
import { held, pass, setUp } from './start-worker.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }));
afterEach(() => void vi.useRealTimers());

describe('batches', () => {
  const source = sourcePlan({ batch: { size: 3, windowSeconds: 2 }, concurrency: 2 });

  test('go out when they are full', async () => {
    const { dispatch, runs } = held();
    const { put } = setUp(dispatch, { source });
    for (let index = 0; index < 7; index++) put({ id: `${index}` });
    await pass(1);
    expect(runs.map(({ ids }) => ids)).toEqual([
      ['0', '1', '2'],
      ['3', '4', '5'],
    ]);
  });

  test('go out when their window has passed', async () => {
    const { dispatch, runs } = held();
    const { put } = setUp(dispatch, { source });
    put({ id: 'a' });
    await pass(500);
    put({ id: 'b' });
    await pass(500);
    expect(runs).toEqual([]);
    await pass(1500);
    expect(runs.map(({ ids }) => ids)).toEqual([['a', 'b']]);
  });

  test('go out before they are full where they hold as much as Lambda takes: anyone may send a great many large ones', async () => {
    const large = sourcePlan({ batch: { size: 100, windowSeconds: 2 }, concurrency: 4 });
    const { dispatch, runs } = held();
    const { put, queue } = setUp(dispatch, { source: large });
    for (let index = 0; index < 60; index++) put({ id: `${index}`, body: JSON.stringify('x'.repeat(900_000)) });
    await pass(5000);
    expect(runs.map(({ ids }) => ids.length)).toEqual([10, 10, 10, 10]);
    for (const { end } of runs) end();
    await pass(5000);
    expect(runs.map(({ ids }) => ids.length)).toEqual([10, 10, 10, 10, 10, 10]);
    for (const { end } of runs) end();
    await pass(5000);
    expect(queue.messages).toEqual([]);
  });

  test('of which it cannot be said that they stay ours are not run: somebody else may get them', async () => {
    const slow = sourcePlan({ batch: { size: 3, windowSeconds: 200 }, timeoutSeconds: 30 });
    const { dispatch, runs } = held();
    const { put, queue } = setUp(dispatch, { source: slow });
    queue.fail('changeVisibility', 100);
    put({ id: 'a' });
    await pass(200_001);
    expect(runs).toEqual([]);
  });

  test('that wait when the worker stops are given back', async () => {
    const { dispatch, runs } = held();
    const { put, worker, queue } = setUp(dispatch, { source });
    put({ id: 'a' });
    await pass(500);
    const stopped = worker.stop();
    await pass(1);
    await stopped;
    expect(runs).toEqual([]);
    expect(queue.messages[0]!.visibleAt).toBeLessThanOrEqual(Date.now());
  });

  test('that wait when the worker stops, and would be put aside untried instead of coming again, are run', async () => {
    const { queue, deadLetterQueue } = sourcePlan();
    const redrive = { deadLetterQueue: deadLetterQueue.name, maxReceiveCount: 2 };
    // A window that no slow machine outlasts.
    const batch = { size: 3, windowSeconds: 300 };
    const twice = { ...sourcePlan({ batch, maxReceiveCount: 2 }), queue: { ...queue, redrive } };
    vi.useRealTimers();
    const folder = mkdtempSync(join(tmpdir(), 'hookport-batches-'));
    const queues = await openEmbeddedQueues({ folder, queues: [twice.queue, deadLetterQueue] });
    try {
      await queues.queue(queue.name).send(arrived({ id: 'a' }));
      const ran: string[] = [];
      for (let run = 0; run < 3; run++) {
        const { worker } = setUp(
          async (deliveries) => {
            ran.push(...deliveries.map(({ id }) => id));
            return deliveries.map(() => ({ kind: 'handled' }));
          },
          {
            source: twice,
            queue: queues.queue(queue.name),
            deadLetterQueue: queues.queue(deadLetterQueue.name),
          },
        );
        if (run < 2)
          await vi.waitUntil(async () => (await queues.queue(queue.name).depth()).inFlight === 1, { timeout: 30_000 });
        await worker.stop();
      }
      expect(ran).toEqual(['a']);
      expect(await queues.queue(deadLetterQueue.name).depth()).toMatchObject({ visible: 0 });
    } finally {
      await queues.close();
      rmSync(folder, { recursive: true });
    }
  });

  test('fail one by one: a failure burns no receive of its neighbours', async () => {
    const { put, queue, records } = setUp(
      async (deliveries) =>
        deliveries.map(({ id }) =>
          id === 'b' ? { kind: 'failed', reason: 'handler_error', detail: '' } : { kind: 'handled' },
        ),
      { source },
    );
    for (const id of ['a', 'b', 'c']) put({ id });
    await pass(1);
    expect(queue.messages).toHaveLength(1);
    expect(records.map(({ deliveryId, outcome }) => [deliveryId, outcome.kind])).toEqual([
      ['a', 'handled'],
      ['b', 'failed'],
      ['c', 'handled'],
    ]);
  });
});
