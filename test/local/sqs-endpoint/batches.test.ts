import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { endpoint, receive } from './harness.ts';

describe('batches', () => {
  const ids = (n: number) => Array.from({ length: n }, (_, index) => `id-${index}`);

  test('send, hide and delete ten messages, each with its own answer', async () => {
    const to = await endpoint();
    const QueueUrl = to.queueUrl();
    const sent = await to.client.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: ids(10).map((Id) => ({ Id, MessageBody: Id === 'id-3' ? '\u0001' : Id })),
      }),
    );
    expect(sent.Successful).toHaveLength(9);
    expect(sent.Failed).toMatchObject([{ Id: 'id-3', Code: 'InvalidMessageContents', SenderFault: true }]);

    const messages = await receive(to, { MaxNumberOfMessages: 10 });
    const entries = messages.map(({ Body: Id, ReceiptHandle }) => ({ Id, ReceiptHandle }));
    const visible = await to.client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: [
          ...entries.map((entry) => ({ ...entry, VisibilityTimeout: 60 })),
          { Id: 'bad', ReceiptHandle: 'x', VisibilityTimeout: 1 },
        ],
      }),
    );
    expect(new Set(visible.Successful?.map(({ Id }) => Id))).toEqual(new Set(entries.map(({ Id }) => Id)));
    expect(visible.Failed).toMatchObject([{ Id: 'bad', Code: 'ReceiptHandleIsInvalid' }]);

    const deleted = await to.client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: entries }));
    expect(deleted.Successful).toHaveLength(9);
    expect(await to.queues.queue('acme-zendesk').depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  test('lose no good entry to one with a value that SQS does not take', async () => {
    const to = await endpoint();
    const QueueUrl = to.queueUrl();
    const sent = await to.client.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'good', MessageBody: 'good' },
          { Id: 'late', MessageBody: 'x', DelaySeconds: 901 },
          { Id: 'fifo', MessageBody: 'x', MessageDeduplicationId: 'd' },
          { Id: 'list', MessageBody: 'x', MessageAttributes: { a: { DataType: 'String', StringListValues: ['b'] } } },
          { Id: 'empty', MessageBody: 'x', MessageAttributes: { a: { DataType: 'String', StringValue: '' } } },
          { Id: 'bare', MessageBody: '' },
        ],
      }),
    );
    expect(sent.Successful).toMatchObject([{ Id: 'good', MD5OfMessageBody: expect.any(String) }]);
    const invalid = { Code: 'InvalidParameterValue', SenderFault: true };
    expect(sent.Failed).toMatchObject([
      { Id: 'late', ...invalid },
      { Id: 'fifo', ...invalid },
      { Id: 'list', ...invalid },
      { Id: 'empty', ...invalid },
      { Id: 'bare', Code: 'MissingParameter', SenderFault: true },
    ]);

    const [message] = await receive(to, { MaxNumberOfMessages: 10 });
    const good = { Id: 'good', ReceiptHandle: message?.ReceiptHandle };
    const hidden = await to.client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: [
          { ...good, VisibilityTimeout: 60 },
          { ...good, Id: 'long', VisibilityTimeout: 43_201 },
        ],
      }),
    );
    expect(hidden).toMatchObject({ Successful: [{ Id: 'good' }], Failed: [{ Id: 'long', ...invalid }] });
    const deleted = await to.client.send(
      new DeleteMessageBatchCommand({ QueueUrl, Entries: [good, { Id: 'bad', ReceiptHandle: 'x' }] }),
    );
    expect(deleted).toMatchObject({
      Successful: [{ Id: 'good' }],
      Failed: [{ Id: 'bad', Code: 'ReceiptHandleIsInvalid', SenderFault: true }],
    });
    expect(await to.queues.queue('acme-zendesk').depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  const entry = { MessageBody: 'x' };
  test.each([
    ['EmptyBatchRequest', []],
    ['TooManyEntriesInBatchRequest', ids(11).map((Id) => ({ Id, MessageBody: 'x' }))],
    [
      'BatchEntryIdsNotDistinct',
      [
        { Id: 'a', ...entry },
        { Id: 'a', ...entry },
      ],
    ],
    ['InvalidBatchEntryId', [{ Id: 'a b', ...entry }]],
    ['BatchRequestTooLong', ids(2).map((Id) => ({ Id, MessageBody: 'x'.repeat(600_000) }))],
  ])('are refused whole with %s', async (name, Entries) => {
    const to = await endpoint();
    await expect(
      to.client.send(new SendMessageBatchCommand({ QueueUrl: to.queueUrl(), Entries })),
    ).rejects.toMatchObject({ name });
    expect(await receive(to)).toEqual([]);
  });
});
