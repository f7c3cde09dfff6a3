import { Consumer } from 'sqs-consumer';
import { expect, test } from 'vitest';
import { endpointInThreads } from './harness.ts';

test("sqs-consumer reads a source's queue with its attributes, and what it fails at goes to the dead-letter queue", async () => {
  const { client, queueUrl, queues } = await endpointInThreads();
  const queue = queues.queue('acme-zendesk');
  const attributes = { Wire: { dataType: 'String', stringValue: '1' } };
  for (const body of ['good', 'bad', 'good again']) await queue.send({ body, attributes });

  const handled: (string | undefined)[] = [];
  let failures = 0;
  const consumer = Consumer.create({
    sqs: client,
    queueUrl: queueUrl(),
    messageAttributeNames: ['All'],
    terminateVisibilityTimeout: true,
    pollingWaitTimeMs: 0,
    waitTimeSeconds: 1,
    handleMessage: async (message) => {
      expect(message.MessageAttributes?.['Wire']?.StringValue).toBe('1');
      if (message.Body === 'bad') throw new Error('cannot handle it');
      handled.push(message.Body);
      return message;
    },
  });
  consumer.on('processing_error', () => (failures += 1));
  // Stopping aborts the poll that runs.
  consumer.on('error', () => {});
  consumer.start();
  await expect.poll(() => queues.queue('acme-zendesk-dlq').depth(), { timeout: 10_000 }).toMatchObject({ visible: 1 });
  consumer.stop({ abort: true });
  expect(handled).toEqual(['good', 'good again']);
  expect(failures).toBe(2);
  await expect.poll(() => queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});
