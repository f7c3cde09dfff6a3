import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseOutcome } from '../../src/consumer/outcome-attribute.ts';
import { createFakeQueue } from '../fakes/queue.ts';
import { createFakeSecrets, sourcePlan } from '../fakes/source.ts';
import { failing, handled, held, pass, setUp } from './start-worker.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }));
afterEach(() => void vi.useRealTimers());

describe('a message', () => {
  test('that was handled is deleted and recorded', async () => {
    const { queue, records, put, worker } = setUp(handled);
    const messageId = put({ id: 'one' });
    await pass(1);
    expect(queue.messages).toEqual([]);
    expect(records).toMatchObject([
      {
        source: 'github',
        provider: 'github',
        requestId: 'request-one',
        messageId,
        deliveryId: 'one',
        eventType: 'push',
        sourceIp: '192.0.2.1',
        attempt: 1,
        outcome: { kind: 'handled' },
        deadLettered: false,
        secretVersion: 'current',
        body: '{"zen":"x"}',
      },
    ]);
    const stopped = worker.stop();
    await pass(1);
    await stopped;
  });

  test('is recorded with how long it took, also where the time of day is set meanwhile', async () => {
    const { runs, dispatch } = held();
    let elapsed = 0;
    const { records, put } = setUp(dispatch, { monotonic: () => elapsed });
    put();
    await pass(1);
    elapsed += 40;
    vi.setSystemTime(Date.now() + 5 * 3600_000);
    runs[0]!.end();
    await pass(1);
    expect(records).toMatchObject([{ durationMs: 40 }]);
  });

  test('whose handler always throws gets five attempts with growing delays, then rests in the dead-letter queue', async () => {
    const { queue, deadLetterQueue, records, put } = setUp(failing);
    put({ id: 'one' });
    await pass(1);
    await pass(3600_000);
    expect(queue.messages).toEqual([]);
    expect(records.map(({ attempt, deadLettered }) => [attempt, deadLettered])).toEqual([
      [1, false],
      [2, false],
      [3, false],
      [4, false],
      [5, true],
    ]);
    const times = records.map(({ finishedAt }) => finishedAt);
    const delays = times.slice(1).map((time, index) => Math.round((time - times[index]!) / 1000));
    expect(delays).toEqual([30, 120, 480, 1920]);
    expect(parseOutcome(deadLetterQueue.messages[0]!.attributes)).toMatchObject({
      kind: 'failed',
      reason: 'handler_error',
      detail: 'Error: no',
      attempts: 5,
    });
    // The arrival goes along, so that a redrive days later verifies against it.
    expect(deadLetterQueue.messages[0]!.attributes['Request']?.stringValue).toMatch(/^3 request-one 1700000000000 /);
  });

  test('that was rejected rests in the dead-letter queue at once, and its neighbours lose nothing', async () => {
    const { queue, deadLetterQueue, records, put } = setUp(handled);
    put({ id: 'good' });
    put({ id: 'bad', secret: 'wrong' });
    put({ id: 'better' });
    await pass(1);
    expect(queue.messages).toEqual([]);
    expect(deadLetterQueue.messages.map(({ attributes }) => parseOutcome(attributes).reason)).toEqual([
      'signature_mismatch',
    ]);
    expect(records.map(({ attempt, outcome }) => [attempt, outcome.kind])).toEqual(
      expect.arrayContaining([
        [1, 'handled'],
        [1, 'rejected'],
        [1, 'handled'],
      ]),
    );
  });

  test('that was rejected is dropped and recorded where the source says so', async () => {
    const { queue, deadLetterQueue, records, put } = setUp(handled, { source: sourcePlan({ onRejected: 'drop' }) });
    put({ secret: 'wrong' });
    await pass(1);
    expect([...queue.messages, ...deadLetterQueue.messages]).toEqual([]);
    expect(records).toMatchObject([{ outcome: { kind: 'rejected' }, deadLettered: false }]);
  });

  test('that met an old secret comes back within a minute', async () => {
    const secrets = createFakeSecrets('old');
    secrets.readAt = Date.now() - 1000;
    secrets.reread = () => undefined;
    const { records, put } = setUp(handled, { secrets });
    put({ secret: 'right' });
    await pass(1);
    secrets.reread = undefined;
    secrets.secrets = [{ version: 'current', value: 'right' }];
    await pass(59_000);
    expect(records.map(({ outcome }) => ('reason' in outcome ? outcome.reason : outcome.kind))).toEqual([
      'secret_maybe_old',
      'handled',
    ]);
  });

  test('is not lost and not handled twice when the queue fails for a moment', async () => {
    let count = 0;
    const { queue, put } = setUp(async (deliveries) => {
      count += deliveries.length;
      return deliveries.map(() => ({ kind: 'handled' }));
    });
    queue.fail('delete', 2);
    put();
    await pass(5000);
    expect(queue.messages).toEqual([]);
    expect(count).toBe(1);
  });

  test('asks SQS for no delay that ends later than twelve hours after the receive, which it would refuse', async () => {
    const { runs, dispatch } = held();
    const { queue, put } = setUp(dispatch, { source: sourcePlan({ timeoutSeconds: 5 * 3600 }) });
    put();
    await pass(1);
    await pass(4 * 3600_000);
    runs[0]!.end({ kind: 'failed', reason: 'retry_after', detail: 'later', retryAfterSeconds: 42_000 });
    await pass(1);
    const { seconds = 0 } = queue.calls.findLast(({ operation }) => operation === 'changeVisibility') ?? {};
    expect(4 * 3600 + seconds).toBeLessThanOrEqual(43_200);
    expect(4 * 3600 + seconds).toBeGreaterThan(43_200 - 180);
  });

  test('that failed at its last attempt is given up, also where it cannot be moved: then SQS itself does it', async () => {
    const { queue, put, records } = setUp(failing, { source: sourcePlan({ maxReceiveCount: 1 }) });
    queue.fail('moveTo', 3);
    put();
    await pass(5000);
    expect(records).toMatchObject([{ givenUp: true, deadLettered: false }]);
  });

  test('that cannot be settled comes back by itself', async () => {
    const { queue, log, put, records } = setUp(handled);
    queue.fail('delete', 3);
    put();
    await pass(5000);
    expect(queue.messages).toHaveLength(1);
    expect(log.lines.some(({ message }) => message.startsWith('a message could not be settled'))).toBe(true);
    await pass(120_000);
    expect(queue.messages).toEqual([]);
    expect(records.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });
});

describe('concurrency', () => {
  test('no more is received than can start', async () => {
    const { dispatch, runs } = held();
    const { queue, put } = setUp(dispatch, { source: sourcePlan({ concurrency: 3 }) });
    for (let index = 0; index < 5; index++) put({ id: `${index}` });
    await pass(1);
    expect(runs.map(({ ids }) => ids)).toEqual([['0'], ['1'], ['2']]);
    expect(queue.messages.map(({ receiveCount }) => receiveCount)).toEqual([1, 1, 1, 0, 0]);
    runs[1]!.end();
    await pass(1);
    expect(runs).toHaveLength(4);
    expect(
      queue.calls.filter(({ operation }) => operation === 'receive').map(({ maxMessages }) => maxMessages),
    ).toEqual([3, 1]);
  });

  test('one receive asks for ten at most', async () => {
    const { queue, put } = setUp(handled, { source: sourcePlan({ concurrency: 25 }) });
    put();
    await pass(1);
    expect(queue.calls.every(({ maxMessages = 0 }) => maxMessages <= 10)).toBe(true);
  });
});

describe('visibility', () => {
  test('is renewed for as long as a delivery is in hand', async () => {
    const { dispatch, runs } = held();
    const { queue, put, records } = setUp(dispatch);
    put();
    await pass(20 * 60_000);
    expect(runs).toHaveLength(1);
    runs[0]!.end();
    await pass(1);
    expect(queue.messages).toEqual([]);
    expect(records).toMatchObject([{ attempt: 1, durationMs: 20 * 60_000 }]);
  });

  test('lasts for two runs, so that what waits in hand while one goes on still has one of its own', async () => {
    const source = sourcePlan({ timeoutSeconds: 600 });
    const { queue, put } = setUp(held().dispatch, { source });
    put();
    await pass(1);
    expect(queue.messages[0]!.visibleAt - Date.now()).toBe(2 * 615_000 - 1);
  });
});

describe('a queue that does not answer', () => {
  test('is asked again with growing pauses, and logged once each way', async () => {
    const { queue, put, log, records } = setUp(handled);
    await pass(20_000);
    queue.fail('receive', 4);
    const asked = () => queue.calls.filter(({ operation }) => operation === 'receive').length;
    const seconds: number[] = [];
    for (let second = 0, before = asked(); second < 40; second++, before = asked()) {
      await pass(1000);
      if (asked() > before) seconds.push(second);
    }
    const [first = 0, ...others] = seconds;
    expect(others.slice(0, 4).map((second) => second - first)).toEqual([1, 3, 7, 15]);
    put();
    await pass(20_000);
    expect(records).toHaveLength(1);
    expect(log.lines.map(({ message }) => message)).toEqual([
      'the queue does not answer; trying on',
      'the queue answers again',
    ]);
    expect(log.lines[1]?.fields['faults']).toBe(4);
  });
});

describe('stopping', () => {
  test('ends the wait for messages at once', async () => {
    const { worker, queue } = setUp(handled);
    await pass(1);
    const stopped = worker.stop();
    await pass(0);
    await expect(stopped).resolves.toBeUndefined();
    expect(queue.calls).toHaveLength(1);
  });

  test('waits for what was started, and receives nothing more', async () => {
    const { dispatch, runs } = held();
    const { queue, put, worker } = setUp(dispatch, { source: sourcePlan({ concurrency: 2 }) });
    for (const id of ['1', '2', '3']) put({ id });
    await pass(1);
    let stopped = false;
    void worker.stop().then(() => (stopped = true));
    await pass(1000);
    expect(stopped).toBe(false);
    for (const run of runs) run.end();
    await pass(1);
    expect(stopped).toBe(true);
    expect(queue.messages.map(({ receiveCount }) => receiveCount)).toEqual([0]);
    expect(runs).toHaveLength(2);
  });

  test('gives back what came in while it stopped', async () => {
    const { dispatch, runs } = held();
    const { queue, put, worker } = setUp(dispatch);
    await pass(1);
    put({ id: 'late' });
    // The answer is on its way already.
    const stopped = worker.stop();
    await pass(1);
    await stopped;
    expect(runs).toEqual([]);
    expect(queue.messages[0]!.visibleAt).toBeLessThanOrEqual(Date.now());
  });

  test('twice is once', async () => {
    const { worker } = setUp(handled);
    const both = Promise.all([worker.stop(), worker.stop()]);
    await pass(1);
    await expect(both).resolves.toEqual([undefined, undefined]);
  });
});

test('a record that throws stops nothing', async () => {
  const { put, queue } = setUp(handled, {
    record: () => {
      throw new Error('journal');
    },
  });
  put({ id: '1' });
  await pass(1);
  put({ id: '2' });
  await pass(1);
  expect(queue.messages).toEqual([]);
});

test('a source without a consumer, a handler or its verified queue is refused', () => {
  const { consumer: _, ...bare } = sourcePlan();
  expect(() => setUp(handled, { source: bare })).toThrow('no consumer');
  expect(() => setUp(handled, { dispatch: undefined })).toThrow('neither a handler nor a forward');
  const forwards = sourcePlan({ forward: { queue: 'acme-github-verified' } });
  expect(() => setUp(handled, { source: forwards })).toThrow('acme-github-verified, which is not given');
});

test('without a handler, verified deliveries go to the verified queue, and forged ones do not', async () => {
  const verifiedQueue = createFakeQueue('acme-github-verified');
  const source = sourcePlan({ forward: { queue: 'acme-github-verified' } });
  const { put, queue } = setUp(handled, { source, verifiedQueue, dispatch: undefined });
  put({ id: 'genuine' });
  put({ id: 'forged', secret: 'wrong' });
  await pass(1);
  expect(queue.messages).toEqual([]);
  expect(verifiedQueue.messages.map(({ attributes }) => attributes['ce-id']?.stringValue)).toEqual(['genuine']);
});
