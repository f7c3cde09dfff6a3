import {
  CancelMessageMoveTaskCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  MessageNotInflight,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { startOfTime } from '../../queue/embedded/in-process.ts';
import { type Endpoint, endpoint, queuePlan, receive, zendesk } from './harness.ts';

const send = ({ client, queueUrl }: Endpoint, MessageBody: string) =>
  client.send(new SendMessageCommand({ QueueUrl: queueUrl(), MessageBody }));

/** Receives with a visibility timeout of 0 until the message has gone to the dead-letter queue. */
async function deadLetter(to: Endpoint) {
  for (let receives = 0; receives < 3; receives += 1) await receive(to, { VisibilityTimeout: 0 });
}

describe('SendMessage and ReceiveMessage', () => {
  test('give back what was sent, with digests that the SDK checks', async () => {
    const to = await endpoint();
    const MessageAttributes = {
      Wire: { DataType: 'String', StringValue: '1' },
      bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
    };
    const sent = await to.client.send(
      new SendMessageCommand({ QueueUrl: to.queueUrl(), MessageBody: '\u{1f680} \u00e9', MessageAttributes }),
    );
    const [message] = await receive(to);
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: '\u{1f680} \u00e9',
      MD5OfBody: sent.MD5OfMessageBody,
    });
    expect(message?.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
    expect(message?.MessageAttributes).toEqual(MessageAttributes);
    const now = String(startOfTime);
    expect(message?.Attributes).toEqual({
      ApproximateFirstReceiveTimestamp: now,
      ApproximateReceiveCount: '1',
      SenderId: 'AIDAHOOKPORTLOCAL',
      SentTimestamp: now,
    });
  });

  test('give only the attributes that were asked for', async () => {
    const to = await endpoint();
    const attribute = { DataType: 'String', StringValue: '1' };
    const MessageAttributes = { 'a.x': attribute, 'a.y': attribute, b: attribute };
    await to.client.send(new SendMessageCommand({ QueueUrl: to.queueUrl(), MessageBody: 'x', MessageAttributes }));
    const names = async (input: Partial<ReceiveMessageCommandInput>) => {
      const [message] = await receive(to, { VisibilityTimeout: 0, MessageSystemAttributeNames: [], ...input });
      return [Object.keys(message?.MessageAttributes ?? {}), Object.keys(message?.Attributes ?? {})];
    };
    expect(await names({ MessageAttributeNames: ['a.*'] })).toEqual([['a.x', 'a.y'], []]);
    expect(await names({ MessageAttributeNames: ['b'], AttributeNames: ['SentTimestamp' as 'All'] })).toEqual([
      ['b'],
      ['SentTimestamp'],
    ]);
  });

  test('leave out attributes that nobody asked for', async () => {
    const to = await endpoint();
    await send(to, 'x');
    const [message] = await receive(to, { MessageAttributeNames: [], MessageSystemAttributeNames: [] });
    expect(Object.keys(message ?? {})).toEqual(['MessageId', 'ReceiptHandle', 'MD5OfBody', 'Body']);
  });

  test('wait for a message that comes during a long poll', async () => {
    const to = await endpoint();
    const received = receive(to, { WaitTimeSeconds: 20 });
    await send(to, 'late');
    expect((await received)[0]?.Body).toBe('late');
  });

  test('give up to ten messages and hide them from the next receive', async () => {
    const to = await endpoint();
    await Promise.all(Array.from({ length: 12 }, (_, n) => send(to, `${n}`)));
    expect(await receive(to, { MaxNumberOfMessages: 10 })).toHaveLength(10);
    expect(await receive(to, { MaxNumberOfMessages: 10 })).toHaveLength(2);
    expect(await receive(to)).toEqual([]);
  });

  test('refuse a message as SQS does', async () => {
    const to = await endpoint();
    const refusal = (MessageBody: string, more = {}): Promise<unknown> =>
      to.client.send(new SendMessageCommand({ QueueUrl: to.queueUrl(), MessageBody, ...more })).catch((error) => error);
    expect(await refusal('\u0001')).toMatchObject({
      name: 'InvalidMessageContents',
      $metadata: { httpStatusCode: 400 },
    });
    expect(await refusal('')).toMatchObject({ name: 'MissingParameter' });
    expect(await refusal('x'.repeat(1_044_481))).toMatchObject({ name: 'InvalidParameterValue' });
    expect(await refusal('x', { DelaySeconds: 901 })).toMatchObject({ name: 'InvalidParameterValue' });
    expect(await refusal('x', { MessageDeduplicationId: 'a' })).toMatchObject({ name: 'InvalidParameterValue' });
    const MessageAttributes = { a: { DataType: 'String', StringValue: '' } };
    expect(await refusal('x', { MessageAttributes })).toMatchObject({
      name: 'InvalidParameterValue',
      message: "Message (user) attribute 'a' must contain a non-empty value of type 'String'.",
    });
  });

  test.each([
    { MaxNumberOfMessages: 0 },
    { MaxNumberOfMessages: 11 },
    { WaitTimeSeconds: 21 },
    { VisibilityTimeout: 43_201 },
    { VisibilityTimeout: -1 },
  ])('refuse %j', async (input) => {
    await expect(receive(await endpoint(), input)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });
});

describe('a received message', () => {
  test('is gone once it was deleted, also when that is done twice', async () => {
    const to = await endpoint();
    await send(to, 'x');
    const [message] = await receive(to, { VisibilityTimeout: 0 });
    const command = () => new DeleteMessageCommand({ QueueUrl: to.queueUrl(), ReceiptHandle: message?.ReceiptHandle });
    await to.client.send(command());
    await to.client.send(command());
    expect(await receive(to)).toEqual([]);
  });

  test('comes back when its visibility timeout is set to 0', async () => {
    const to = await endpoint();
    await send(to, 'x');
    const [message] = await receive(to);
    const ReceiptHandle = message?.ReceiptHandle;
    await to.client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: to.queueUrl(), ReceiptHandle, VisibilityTimeout: 0 }),
    );
    expect((await receive(to))[0]?.Attributes?.ApproximateReceiveCount).toBe('2');
  });

  test('that is visible again or gone is hidden no longer, and whoever extends it is told', async () => {
    const to = await endpoint();
    await send(to, 'x');
    const [message] = await receive(to, { VisibilityTimeout: 0 });
    const entry = { ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 30 };
    const QueueUrl = to.queueUrl();
    const extend = () => to.client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ...entry }));
    await expect(extend()).rejects.toBeInstanceOf(MessageNotInflight);
    await to.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
    await expect(extend()).rejects.toBeInstanceOf(MessageNotInflight);
    const batch = new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: [{ Id: 'a', ...entry }] });
    expect((await to.client.send(batch)).Failed).toMatchObject([
      { Id: 'a', Code: 'AWS.SimpleQueueService.MessageNotInflight' },
    ]);
  });

  test('cannot be named by a handle that is none', async () => {
    const to = await endpoint();
    const input = { QueueUrl: to.queueUrl(), ReceiptHandle: 'nonsense' };
    await expect(to.client.send(new DeleteMessageCommand(input))).rejects.toMatchObject({
      name: 'ReceiptHandleIsInvalid',
    });
    await expect(
      to.client.send(new ChangeMessageVisibilityCommand({ ...input, VisibilityTimeout: 1 })),
    ).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' });
  });

  test('goes to the dead-letter queue after its last receive, and says where from', async () => {
    const to = await endpoint();
    const { MessageId } = await send(to, 'x');
    await deadLetter(to);
    const [dead] = await receive(to, {}, 'acme-zendesk-dlq');
    expect(dead).toMatchObject({
      MessageId,
      Attributes: {
        DeadLetterQueueSourceArn: 'arn:aws:sqs:us-east-1:000000000000:acme-zendesk',
        ApproximateReceiveCount: '3',
      },
    });
  });
});

describe('queues', () => {
  test('are found by name and listed by prefix, page by page', async () => {
    const to = await endpoint([...zendesk, queuePlan('beta-paddle')]);
    const { QueueUrl } = await to.client.send(new GetQueueUrlCommand({ QueueName: 'acme-zendesk' }));
    expect(QueueUrl).toBe(to.queueUrl());
    const all = await to.client.send(new ListQueuesCommand({}));
    expect(all.QueueUrls).toEqual(['acme-zendesk', 'acme-zendesk-dlq', 'beta-paddle'].map((name) => to.queueUrl(name)));
    const acme = await to.client.send(new ListQueuesCommand({ QueueNamePrefix: 'acme', MaxResults: 1 }));
    const next = await to.client.send(
      new ListQueuesCommand({ QueueNamePrefix: 'acme', MaxResults: 1, NextToken: acme.NextToken }),
    );
    expect([acme.QueueUrls, next.QueueUrls, next.NextToken]).toEqual([
      [to.queueUrl('acme-zendesk')],
      [to.queueUrl('acme-zendesk-dlq')],
      undefined,
    ]);
  });

  test('tell their attributes', async () => {
    const to = await endpoint();
    await send(to, 'x');
    await send(to, 'y');
    await receive(to);
    const attributes = async (...AttributeNames: 'All'[]) =>
      (await to.client.send(new GetQueueAttributesCommand({ QueueUrl: to.queueUrl(), AttributeNames }))).Attributes;
    expect(await attributes('All')).toMatchObject({
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesNotVisible: '1',
      ApproximateNumberOfMessagesDelayed: '0',
      VisibilityTimeout: '30',
      MaximumMessageSize: '1044480',
      MessageRetentionPeriod: '604800',
      QueueArn: 'arn:aws:sqs:us-east-1:000000000000:acme-zendesk',
      RedrivePolicy:
        '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:acme-zendesk-dlq","maxReceiveCount":2}',
    });
    expect(await attributes('VisibilityTimeout' as 'All')).toEqual({ VisibilityTimeout: '30' });
    expect(await attributes()).toBeUndefined();
    await expect(attributes('Nonsense' as 'All')).rejects.toMatchObject({ name: 'InvalidAttributeName' });
  });

  test('are emptied by PurgeQueue', async () => {
    const to = await endpoint();
    await send(to, 'x');
    await to.client.send(new PurgeQueueCommand({ QueueUrl: to.queueUrl() }));
    expect(await receive(to)).toEqual([]);
  });

  test('that do not exist are told by name', async () => {
    const to = await endpoint();
    const QueueUrl = to.queueUrl('nope');
    for (const command of [new GetQueueUrlCommand({ QueueName: 'nope' }), new ReceiveMessageCommand({ QueueUrl })])
      await expect(to.client.send(command as ReceiveMessageCommand)).rejects.toMatchObject({
        name: 'QueueDoesNotExist',
        Error: { Code: 'AWS.SimpleQueueService.NonExistentQueue', Type: 'Sender' },
      });
  });

  test('cannot be created: an action that the endpoint lacks is unsupported', async () => {
    const { client } = await endpoint();
    await expect(client.send(new CreateQueueCommand({ QueueName: 'x' }))).rejects.toMatchObject({
      name: 'UnsupportedOperation',
    });
  });
});

describe('move tasks', () => {
  const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;

  test('bring dead letters back to where they came from, as new messages', async () => {
    const to = await endpoint();
    const { MessageId } = await send(to, 'x');
    await deadLetter(to);
    const { TaskHandle } = await to.client.send(
      new StartMessageMoveTaskCommand({ SourceArn: arn('acme-zendesk-dlq') }),
    );
    expect(TaskHandle).toEqual(expect.any(String));
    const [message] = await receive(to, { WaitTimeSeconds: 20 });
    expect(message).toMatchObject({ Body: 'x', Attributes: { ApproximateReceiveCount: '1' } });
    expect(message?.MessageId).not.toBe(MessageId);
    const list = () => to.client.send(new ListMessageMoveTasksCommand({ SourceArn: arn('acme-zendesk-dlq') }));
    await expect.poll(async () => (await list()).Results?.[0]?.Status).toBe('COMPLETED');
    expect((await list()).Results).toMatchObject([
      { SourceArn: arn('acme-zendesk-dlq'), ApproximateNumberOfMessagesMoved: 1, ApproximateNumberOfMessagesToMove: 1 },
    ]);
  });

  test('can be slowed down and cancelled', async () => {
    const to = await endpoint();
    const dlq = to.queues.queue('acme-zendesk-dlq');
    for (let n = 0; n < 5; n += 1) await dlq.send({ body: `${n}`, attributes: {} });
    const { TaskHandle } = await to.client.send(
      new StartMessageMoveTaskCommand({
        SourceArn: arn('acme-zendesk-dlq'),
        DestinationArn: arn('acme-zendesk'),
        MaxNumberOfMessagesPerSecond: 1,
      }),
    );
    const cancelled = await to.client.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
    expect(cancelled.ApproximateNumberOfMessagesMoved).toBeLessThan(5);
    await expect(to.client.send(new CancelMessageMoveTaskCommand({ TaskHandle }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('are refused for a queue that does not exist and an ARN that is none', async () => {
    const { client } = await endpoint();
    const start = (SourceArn: string) => client.send(new StartMessageMoveTaskCommand({ SourceArn }));
    await expect(start(arn('nope'))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(start('nope')).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  test('know which queues feed a dead-letter queue', async () => {
    const to = await endpoint();
    const sourcesOf = async (name: string) =>
      (await to.client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: to.queueUrl(name) }))).queueUrls;
    expect(await sourcesOf('acme-zendesk-dlq')).toEqual([to.queueUrl()]);
    expect(await sourcesOf('acme-zendesk')).toEqual([]);
  });
});
