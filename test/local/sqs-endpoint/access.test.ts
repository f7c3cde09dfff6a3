import { once } from 'node:events';
import { connect } from 'node:net';
import { GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { endpoint } from './harness.ts';

const signed = {
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20261124/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=00',
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': 'AmazonSQS.ListQueues',
};

/** Speaks to the endpoint without an SDK; fetch would not let the Host header be chosen. */
async function raw(port: number, headers: Record<string, string>, body = '{}', method = 'POST'): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  const lines = Object.entries({ connection: 'close', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`${method} / HTTP/1.1\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, 'close');
  return text;
}

describe('the endpoint', () => {
  test.each(['127.0.0.1', 'localhost', '[::1]'])('serves a signed request for %s', async (host) => {
    const { port } = await endpoint();
    expect(await raw(port, { host: `${host}:${port}`, ...signed })).toMatch(/^HTTP\/1\.1 200 .*acme-zendesk/s);
  });

  test.each([
    ['a foreign host', { host: 'evil.example:80' }],
    ['a host that begins like ours', { host: '127.0.0.1.evil.example' }],
    ['no port', { host: '127.0.0.1' }],
    ['an origin', { origin: 'http://127.0.0.1:8081' }],
    ['the origin of a sandbox', { origin: 'null' }],
    ['no authorization', { authorization: '' }],
    ['another authorization', { authorization: 'Bearer x' }],
    ['the authorization of another service', { authorization: signed.authorization.replace('/sqs/', '/s3/') }],
  ])('refuses a request with %s', async (_what, headers) => {
    const { port } = await endpoint();
    const answer = await raw(port, { host: `127.0.0.1:${port}`, ...signed, ...headers });
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer).not.toContain('acme-zendesk');
  });

  test.each([
    ['a form of the query protocol', { 'content-type': 'application/x-www-form-urlencoded' }, 'Action=ListQueues'],
    ['another service', { 'x-amz-target': 'DynamoDB_20120810.ListTables' }, '{}'],
    ['no target', { 'x-amz-target': '' }, '{}'],
    ['a target that objects inherit', { 'x-amz-target': 'AmazonSQS.constructor' }, '{}'],
  ])('answers UnsupportedOperation to %s', async (_what, headers, body) => {
    const { port } = await endpoint();
    const answer = await raw(port, { host: `127.0.0.1:${port}`, ...signed, ...headers }, body);
    expect(answer).toMatch(
      /^HTTP\/1\.1 400 .*x-amzn-query-error: AWS\.SimpleQueueService\.UnsupportedOperation;Sender/s,
    );
  });

  test.each(['[]', '"x"', 'null', '{', '{"MaxResults":"1"}'])('answers 400 to the body %s', async (body) => {
    const { port } = await endpoint();
    const answer = await raw(port, { host: `127.0.0.1:${port}`, ...signed }, body);
    expect(answer).toMatch(/^HTTP\/1\.1 400 .*com\.amazonaws\.sqs#SerializationException/s);
  });

  test('answers 413 to a body above its cap', async () => {
    const { port } = await endpoint();
    const answer = await raw(port, { host: `127.0.0.1:${port}`, ...signed }, 'x'.repeat(8 * 1024 * 1024 + 1));
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('ends a long poll when its client goes away, and spends no receive on it', async () => {
    const { client, queueUrl } = await endpoint();
    const QueueUrl = queueUrl();
    // Answered after everything that the endpoint was sent before.
    const roundTrip = () => client.send(new GetQueueUrlCommand({ QueueName: 'acme-zendesk' }));
    const leaving = new AbortController();
    const poll = client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }), {
      abortSignal: leaving.signal,
    });
    await roundTrip();
    leaving.abort();
    await expect(poll).rejects.toThrow('aborted');
    await roundTrip();
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    const { Messages } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['ApproximateReceiveCount'] }),
    );
    expect(Messages).toMatchObject([{ Body: 'x', Attributes: { ApproximateReceiveCount: '1' } }]);
  });

  test('answers a long poll with nothing when it closes, and then serves no more', async () => {
    const { client, queueUrl, close } = await endpoint();
    const receive = (WaitTimeSeconds: number) =>
      client.send(new ReceiveMessageCommand({ QueueUrl: queueUrl(), WaitTimeSeconds }));
    const poll = receive(20);
    await client.send(new GetQueueUrlCommand({ QueueName: 'acme-zendesk' }));
    await close();
    expect((await poll).Messages).toBeUndefined();
    await expect(receive(0)).rejects.toThrow(/ECONNREFUSED|hang up|ECONNRESET/);
  });
});
