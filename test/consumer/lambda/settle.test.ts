import type { SQSRecord } from 'aws-lambda';
import { expect, it } from 'vitest';
import { github } from '../../../providers/github.ts';
import { createLambdaConsumer } from '../../../src/consumer/lambda/consume.ts';
import { embeddedMetrics } from '../../../src/consumer/lambda/embedded-metrics.ts';
import { defineHandler } from '../../../src/delivery/handler.ts';
import type { DeliveryRecord } from '../../../src/delivery/record.ts';
import { createLogFake } from '../../fakes/log.ts';
import { createFakeQueue } from '../../fakes/queue.ts';
import { arrived, createFakeSecrets, sourcePlan } from '../../fakes/source.ts';

/** A function whose handler always throws, and one message of its queue at its receive of that number. */
async function setUp(receiveCount: number, remainingMs = 45_000) {
  const queue = createFakeQueue('acme-github');
  const deadLetterQueue = createFakeQueue('acme-github-dlq');
  const records: DeliveryRecord[] = [];
  const calls: string[] = [];
  const consume = createLambdaConsumer({
    source: sourcePlan(),
    provider: github,
    load: () =>
      Promise.resolve({
        default: defineHandler(({ id }) => {
          calls.push(id);
          throw new Error('no');
        }),
      }),
    queue,
    deadLetterQueue,
    secrets: createFakeSecrets('right'),
    record: (all) => void records.push(...all),
    clock: Date.now,
    random: () => 0.5,
    log: createLogFake(),
  });
  const { body, attributes } = arrived();
  queue.put(body, attributes);
  const { messageId, receiptHandle, sentAt } = await queue.take();
  const record = {
    messageId,
    receiptHandle,
    body,
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: String(sentAt),
      ApproximateFirstReceiveTimestamp: String(sentAt),
    },
    messageAttributes: attributes,
  } as unknown as SQSRecord;
  const invoke = () => consume({ Records: [record] }, { getRemainingTimeInMillis: () => remainingMs });
  const metrics = () => embeddedMetrics(records, { stack: 'acme', source: 'github', now: Date.now() }).join('\n');
  return { queue, deadLetterQueue, invoke, metrics, calls, records };
}

it('a delivery that failed at its last attempt counts as given up', async () => {
  const { deadLetterQueue, invoke, metrics } = await setUp(5);
  await invoke();
  expect(deadLetterQueue.messages).toHaveLength(1);
  expect(metrics()).toContain('"GivenUp":1');
});

it('also where it cannot be moved: SQS itself then moves it, and its alarm must ring all the same', async () => {
  const { queue, invoke, metrics } = await setUp(5);
  queue.fail('moveTo', 1);
  expect((await invoke()).batchItemFailures).toHaveLength(1);
  expect(metrics()).toContain('"GivenUp":1');
  expect(metrics()).not.toContain('DeadLettered');
});

it('a delivery that is tried again is not given up', async () => {
  const { invoke, metrics } = await setUp(4);
  await invoke();
  expect(metrics()).toContain('"Failed":1');
  expect(metrics()).not.toContain('GivenUp');
});

it('a delivery that was not started for want of time comes back with the usual delay: at once, a store that hardly answers would use its attempts up within a minute', async () => {
  const { queue, invoke, calls, records } = await setUp(3, 32_000);
  await invoke();
  expect(calls).toEqual([]);
  expect(records).toMatchObject([{ outcome: { kind: 'failed', reason: 'handler_timeout' } }]);
  expect(queue.calls.at(-1)).toEqual({ operation: 'changeVisibility', seconds: 480 });
});
