import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Queue } from '../../src/queue/queue.ts';
import { createSqsQueue } from '../../src/queue/sqs.ts';
import { sqsClient, startFauxqs } from './fauxqs.ts';

describe('against an independent SQS', () => {
  let fauxqs: Awaited<ReturnType<typeof startFauxqs>>;
  let names = 0;
  beforeAll(async () => {
    fauxqs = await startFauxqs();
  });
  afterAll(() => fauxqs.close());

  async function queue(attributes: Record<string, string> = {}): Promise<Queue> {
    const name = `queue-${(names += 1)}`;
    return createSqsQueue({ client: fauxqs.client, name, queueUrl: await fauxqs.createQueue(name, attributes) });
  }
  const receive = (from: Queue) => from.receive({ maxMessages: 10, waitSeconds: 0, visibilityTimeoutSeconds: 30 });

  test('gives back body and attributes, text and binary', async () => {
    const q = await queue();
    const attributes = {
      Wire: { dataType: 'String', stringValue: '1' },
      count: { dataType: 'Number.int', stringValue: '7' },
      bytes: { dataType: 'Binary', binaryValue: 'AP8=' },
    };
    const sent = await q.send({ body: '{"a":"\u00e9\\u0000"}', attributes });
    const [message] = await receive(q);
    expect(sent).toMatchObject({ ok: true, messageId: message?.messageId });
    expect(message).toMatchObject({ body: '{"a":"\u00e9\\u0000"}', attributes, receiveCount: 1 });
    expect(message?.sentAt).toBeGreaterThan(1_700_000_000_000);
    expect(message?.firstReceivedAt).toBeGreaterThanOrEqual(message?.sentAt ?? NaN);
  });

  test.each([
    ['a control character', '\u0001', 'InvalidMessageContents'],
    ['a message above the size', 'x'.repeat(1025), 'InvalidParameterValue'],
  ])('gives a refusal with its code for %s', async (_what, body, code) => {
    const q = await queue({ MaximumMessageSize: '1024' });
    expect(await q.send({ body, attributes: {} })).toMatchObject({ ok: false, code });
  });

  test('moves a message with attributes added and takes it away here', async () => {
    const [from, to] = [await queue(), await queue()];
    await from.send({ body: 'x', attributes: { Wire: { dataType: 'String', stringValue: '1' } } });
    const [message] = await receive(from);
    await from.moveTo(to, message!, { HookportOutcome: { dataType: 'String', stringValue: '{}' } });
    expect(await from.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    const [moved] = await receive(to);
    expect(Object.keys(moved?.attributes ?? {})).toEqual(['Wire', 'HookportOutcome']);
  });

  test('does not delete a message that its destination refuses', async () => {
    const [from, to] = [await queue(), await queue({ MaximumMessageSize: '1024' })];
    await from.send({ body: 'x'.repeat(2000), attributes: {} });
    const [message] = await receive(from);
    await expect(from.moveTo(to, message!, {})).rejects.toThrow(expect.objectContaining({ code: 'queue_unavailable' }));
    expect(await from.depth()).toMatchObject({ inFlight: 1 });
  });

  test('ends a long poll when asked to, with nothing', async () => {
    const controller = new AbortController();
    const q = await queue();
    const received = q.receive({ maxMessages: 1, waitSeconds: 20, signal: controller.signal });
    controller.abort();
    expect(await received).toEqual([]);
    expect(await q.receive({ maxMessages: 1, waitSeconds: 20, signal: controller.signal })).toEqual([]);
  });

  test('ignores a handle whose message is gone', async () => {
    const q = await queue();
    await q.send({ body: 'x', attributes: {} });
    const [message] = await receive(q);
    await q.delete(message!.receiptHandle);
    await q.delete(message!.receiptHandle);
    await q.changeVisibility(message!.receiptHandle, 10);
    expect(await q.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });
});

describe('against an SQS that does not work', () => {
  async function broken(answer: (response: ServerResponse) => void, use: (queue: Queue) => Promise<void>) {
    const server = createServer((_request, response) => answer(response));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = sqsClient(endpoint);
    await use(createSqsQueue({ client, name: 'q', queueUrl: `${endpoint}/0/q` }));
    client.destroy();
    server.closeAllConnections();
    server.close();
  }
  const error = (status: number, type: string, query: string) => (response: ServerResponse) =>
    void response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-query-error': query })
      .end(JSON.stringify({ __type: type, message: 'because' }));

  test.each([
    ['is throttled', error(403, 'com.amazonaws.sqs#RequestThrottled', 'RequestThrottled;Sender')],
    ['fails', error(500, 'com.amazon.coral.service#InternalFailure', 'InternalFailure;Receiver')],
    [
      'has no such queue',
      error(400, 'com.amazonaws.sqs#QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue;Sender'),
    ],
    ['denies', error(403, 'com.amazon.coral.service#AccessDeniedException', 'AccessDenied;Sender')],
    ['answers garbage', (response: ServerResponse) => void response.end('<html>')],
    ['hangs up', (response: ServerResponse) => void response.destroy()],
  ])('every operation rejects with queue_unavailable when it %s', async (_what, answer) => {
    await broken(answer, async (queue) => {
      const message = {
        messageId: 'm',
        receiptHandle: 'h',
        body: 'b',
        attributes: {},
        sentAt: 0,
        firstReceivedAt: 0,
        receiveCount: 1,
      };
      for (const operation of [
        () => queue.send({ body: 'x', attributes: {} }),
        () => queue.receive({ maxMessages: 1, waitSeconds: 0 }),
        () => queue.delete('h'),
        () => queue.changeVisibility('h', 1),
        () => queue.moveTo(queue, message, {}),
        () => queue.depth(),
      ])
        await expect(operation()).rejects.toThrow(expect.objectContaining({ code: 'queue_unavailable' }));
    });
  });

  test('says why where no credentials are to be had: SQS was not even asked', async () => {
    const expired = 'The SSO session associated with this profile has expired.';
    const client = new SQSClient({
      region: 'us-east-1',
      credentials: () => Promise.reject(Object.assign(new Error(expired), { name: 'CredentialsProviderError' })),
    });
    const queue = createSqsQueue({ client, name: 'q', queueUrl: 'https://sqs.us-east-1.amazonaws.com/0/q' });
    await expect(queue.receive({ maxMessages: 1, waitSeconds: 0 })).rejects.toMatchObject({
      code: 'queue_unavailable',
      message: `ReceiveMessage failed on queue q: ${expired}`,
    });
    client.destroy();
  });

  test('takes the code of a refusal as the query protocol names it', async () => {
    const answer = error(400, 'com.amazon.coral.service#MissingRequiredParameterException', 'MissingParameter;Sender');
    await broken(answer, async (queue) => {
      expect(await queue.send({ body: '', attributes: {} })).toEqual({
        ok: false,
        code: 'MissingParameter',
        message: 'because',
      });
    });
  });
});
