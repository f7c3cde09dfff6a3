import { readFileSync } from 'node:fs';
import { DeleteMessageBatchCommand, GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inParallel } from '../e2e/github-request.ts';
import { openIssuer, type Issuer } from '../local/gateway/issuer.ts';
import { type RunningMachine, TestMachine } from '../local/platform-harness.ts';
import { startElasticsearch } from './elasticsearch.ts';

const example = (file: string) =>
  readFileSync(new URL(`../../examples/frontend-logs/${file}`, import.meta.url), 'utf8');

let issuer: Issuer;
let elasticsearch: Awaited<ReturnType<typeof startElasticsearch>>;
let machine: TestMachine;
let running: RunningMachine;
let token: string;

/** One machine for all of them: each test goes on where the one before has stopped. */
beforeAll(async () => {
  issuer = await openIssuer();
  elasticsearch = await startElasticsearch();
  process.env['ELASTICSEARCH_URL'] = elasticsearch.url;
  // The example as it is, but for its issuer, which listens on a fixed port.
  machine = TestMachine.of(
    example('webhooks.config.yaml').replace('issuer: http://127.0.0.1:5173', `issuer: ${issuer.url}`),
  );
  running = await machine.start();
  const exp = Math.floor(Date.now() / 1000) + 600;
  token = await issuer.token({ iss: issuer.url, aud: 'frontend', scope: 'logs/write', exp });
});
afterAll(async () => {
  await running.stop();
  machine.remove();
  await elasticsearch.close();
  await issuer.close();
  delete process.env['ELASTICSEARCH_URL'];
});

const line = (message: string, more: object = {}) => ({
  type: 'log',
  at: '2026-11-24T12:00:00.000Z',
  level: 'error',
  message,
  session: 'b3c9f0de-0000-4000-8000-000000000000',
  ...more,
});

async function post(path: string, log: object): Promise<number> {
  const response = await fetch(`${running.gateway}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      origin: 'https://shop.example.com',
    },
    body: JSON.stringify(log),
  });
  await response.arrayBuffer();
  return response.status;
}

test('logs are indexed in batches, and what Elasticsearch refuses is settled one by one', async () => {
  elasticsearch.refuse = ({ message }) => {
    if (message === 'never') return { status: 400, type: 'document_parsing_exception' };
    return message === 'later' ? { status: 429, type: 'es_rejected_execution_exception' } : undefined;
  };
  const logs = Array.from({ length: 80 }, (_, index) =>
    line(`it broke ${index}`, { page: 'https://shop.example.com/' }),
  );
  const odd = [line('never'), line('later'), line('no such level', { level: 'fatal' })];
  await inParallel([...logs, ...odd], 16, async (log) => expect(await post('/logs', log)).toBe(200));
  // The same again, as a browser sends it that never saw the answer.
  expect(await post('/logs', logs[0]!)).toBe(200);

  const count = logs.length + odd.length + 1;
  const settled = await running.until('logs', (all) => all.length === count);
  const by = Object.groupBy(settled, ({ outcome, reason }) => reason ?? outcome);
  expect(Object.fromEntries(Object.entries(by).map(([key, some]) => [key, some?.length]))).toEqual({
    handled: 81,
    permanent_error: 1,
    handler_error: 1,
    payload_mismatch: 1,
  });
  expect(by['permanent_error']?.[0]).toMatchObject({ deadLettered: true });
  expect(by['handler_error']?.[0]).toMatchObject({ deadLettered: false });
  expect(elasticsearch.documents.size).toBe(80);
  expect(elasticsearch.requests).toBeLessThan(20);
  const [id, document] = [...elasticsearch.documents].find(([, { message }]) => message === 'it broke 7')!;
  expect(document).toMatchObject({
    '@timestamp': '2026-11-24T12:00:00.000Z',
    log: { level: 'error' },
    event: { id },
    url: { full: 'https://shop.example.com/' },
  });
});

test('no log is lost while Elasticsearch is away or has no room', async () => {
  elasticsearch.down = true;
  await inParallel(
    Array.from({ length: 8 }, (_, index) => line(`away ${index}`)),
    8,
    async (log) => expect(await post('/logs', log)).toBe(200),
  );
  await running.until('logs', (all) => all.filter(({ reason }) => reason === 'handler_error').length === 9);

  // It is back, and the time for the next attempt has come.
  await running.stop();
  elasticsearch.down = false;
  elasticsearch.refuse = () => undefined;
  running = await machine.start(60_000);
  await running.until('logs', (all) => all.every(({ reason }) => reason !== 'handler_error'));
  expect(elasticsearch.documents.size).toBe(80 + 1 + 8);
});

test('the queue that logstash.conf names gives what its input asks for', async () => {
  const [, queue = ''] = /^\s*queue => "([^"]+)"/m.exec(example('logstash.conf')) ?? [];
  expect(await post('/logstash', line('for logstash'))).toBe(200);
  expect(await post('/logstash', { message: 'not a log' })).toBe(200);
  await running.until('logstash', (all) => all.length === 2);

  const client = new SQSClient({
    endpoint: running.sqs,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: queue }));
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        // What the plugin asks with; newer SDKs have another name for it.
        AttributeNames: ['SentTimestamp'] as never,
        WaitTimeSeconds: 1,
      }),
    );
    expect(Messages.map(({ Body = '' }) => JSON.parse(Body) as object)).toEqual([line('for logstash')]);
    expect(Messages[0]?.Attributes).toHaveProperty('SentTimestamp');
    expect(Messages[0]?.MessageAttributes).toBeUndefined();
    const Entries = Messages.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle }));
    const { Successful } = await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    expect(Successful).toHaveLength(1);
  } finally {
    client.destroy();
  }
});
