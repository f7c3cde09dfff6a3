import { once } from 'node:events';
import { connect } from 'node:net';
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

  test('ends a long poll when its client goes away, and loses nothing by it', async () => {
    const { port, queues, client, queueUrl } = await endpoint();
    const socket = connect({ port, host: '127.0.0.1' });
    const body = JSON.stringify({ QueueUrl: queueUrl(), WaitTimeSeconds: 20 });
    const lines = Object.entries({ host: `127.0.0.1:${port}`, ...signed, 'x-amz-target': 'AmazonSQS.ReceiveMessage' });
    socket.write(
      `POST / HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}content-length: ${body.length}\r\n\r\n${body}`,
    );
    await once(socket, 'connect');
    socket.destroy();
    await once(socket, 'close');
    // Answered, so the endpoint has seen the connection close before.
    await client.config.endpoint?.();
    const queue = queues.queue('acme-zendesk');
    await queue.send({ body: 'x', attributes: {} });
    await expect.poll(() => queue.depth()).toEqual({ visible: 1, inFlight: 0, delayed: 0 });
  });

  test('closes in the middle of a long poll', async () => {
    const { client, queueUrl, close } = await endpoint();
    const { ReceiveMessageCommand } = await import('@aws-sdk/client-sqs');
    const received = client.send(new ReceiveMessageCommand({ QueueUrl: queueUrl(), WaitTimeSeconds: 20 }));
    // The first bytes of the request have to reach the endpoint before it closes.
    await new Promise((resolve) => setImmediate(resolve));
    await close();
    await received.catch(() => undefined);
    await expect(client.send(new ReceiveMessageCommand({ QueueUrl: queueUrl() }))).rejects.toThrow(/ECONNREFUSED/);
  });
});
