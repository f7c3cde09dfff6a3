import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { postGithub } from '../e2e/github-request.ts';
import { startReceiver } from '../fakes/http-receiver.ts';
import { type RunningMachine, TestMachine } from './platform-harness.ts';

const secret = 'the secret that the provider signs with';
const schema = 'test/fixtures/payload-schemas/action.json';

let machine: TestMachine;
let running: RunningMachine | undefined;
const remove: string[] = [];
let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeEach(async () => {
  receiver = await startReceiver();
  process.env['GITHUB_WEBHOOK_SECRET'] = secret;
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  machine.remove();
  for (const file of remove.splice(0)) rmSync(file, { force: true });
  await receiver.close();
  for (const name of ['GITHUB_WEBHOOK_SECRET', 'GITHUB_FORWARD_SECRET', 'ZAPS_WEBHOOK_SECRET', 'EFFECTS_FILE'])
    delete process.env[name];
});

const webhook = (key: string, { headers, body }: (typeof receiver.requests)[0]) =>
  new Webhook(key).verify(body, headers as Record<string, string>);

async function bodiesIn(queue: string): Promise<string[]> {
  const { port } = new URL(running!.sqs);
  const client = new SQSClient({
    endpoint: running!.sqs,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const QueueUrl = `http://127.0.0.1:${port}/000000000000/${queue}`;
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  client.destroy();
  return Messages.map(({ Body = '' }) => Body);
}

test('one machine hands a delivery to its handler, a queue, a bus that stays here, and an endpoint inside', async () => {
  machine = new TestMachine(
    `  github: { provider: github, handler: test/fixtures/handlers/note-effects.ts, forward: { queue: true, http: { url: "${receiver.url}/in" }, eventBus: acme } }\n`,
  );
  const effects = path.join(machine.dataFolder, 'effects');
  process.env['EFFECTS_FILE'] = effects;
  running = await machine.start();
  expect(await postGithub(running.gateway, secret, { event: 'push', id: 'one', body: '{"n": 1}' })).toBe(200);
  await running.until('github', ([first]) => first?.outcome === 'handled');

  expect(readFileSync(effects, 'utf8')).toBe('one\n');
  expect(await bodiesIn('test-github-verified')).toEqual(['{"n": 1}']);
  const [event = ''] = await bodiesIn('test-github-events');
  expect(JSON.parse(event)).toMatchObject({
    source: 'hookport.github',
    'detail-type': 'push',
    detail: { id: 'one', type: 'github.push', data: { n: 1 } },
  });
  // A secret was made up for this machine alone, and is kept where the source's own would be.
  const made = path.join(machine.dataFolder, 'dev-secrets/github.forward.json');
  const { secret: forwardSecret } = JSON.parse(readFileSync(made, 'utf8')) as { secret: string };
  expect(receiver.requests).toHaveLength(1);
  expect(receiver.requests[0]?.path).toBe('/in');
  expect(webhook(forwardSecret, receiver.requests[0]!)).toEqual({ n: 1 });
});

test('a static token of the provider’s is not forwarded, nor the secret in the environment shown to a handler', async () => {
  machine = new TestMachine(`  zaps: { provider: zapier, forward: { http: { url: "${receiver.url}" } } }\n`);
  process.env['ZAPS_WEBHOOK_SECRET'] = 'a token in clear text';
  running = await machine.start();
  const { status } = await fetch(`${running.gateway}/zaps`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-webhook-token': 'a token in clear text' },
    body: '{"event_type":"lead.created","event_id":"row-17"}',
  });
  expect(status).toBe(200);
  await running.until('zaps', ([first]) => first?.outcome === 'handled');
  const [request] = receiver.requests;
  expect(request?.headers).toMatchObject({ 'ce-type': 'zapier.lead.created', 'ce-id': 'row-17' });
  expect(JSON.stringify(request?.headers)).not.toContain('clear text');
  expect(request?.headers).not.toHaveProperty('x-webhook-token');
});

test('what the endpoint refuses rests with its reason until a redrive finds it willing', async () => {
  machine = new TestMachine(`  github: { provider: github, forward: { http: { url: "${receiver.url}" } } }\n`);
  receiver.answer = (response) => void response.writeHead(410).end();
  running = await machine.start();
  await postGithub(running.gateway, secret, { event: 'push', id: 'one', body: '{}' });
  const [rested] = await running.until('github', ([first]) => first?.deadLettered === true);
  expect(rested).toMatchObject({ outcome: 'rejected', reason: 'forward_refused', attempt: 1 });
  receiver.answer = (response) => void response.end();
  expect(await running.redrive({ source: 'github' })).toMatchObject({ moved: 1 });
  await running.until('github', (all) => all.some(({ outcome }) => outcome === 'handled'));
  expect(receiver.requests).toHaveLength(2);
  expect(receiver.requests[0]?.headers['webhook-id']).toBe(receiver.requests[1]?.headers['webhook-id']);
});

test('what is to be tried again after its queue has deleted it rests instead', async () => {
  machine = new TestMachine(
    `  github: { provider: github, timeout: 1s, queue: { retention: 1h, maxReceiveCount: 3 }, forward: { http: { url: "${receiver.url}" } } }\n`,
  );
  receiver.answer = (response) => void response.writeHead(503, { 'retry-after': '36000' }).end();
  running = await machine.start();
  await postGithub(running.gateway, secret, { event: 'push', id: 'one', body: '{}' });
  const [rested] = await running.until('github', ([first]) => first?.outcome === 'failed');
  expect(rested).toMatchObject({ reason: 'forward_failed', attempt: 1, deadLettered: true });
  receiver.answer = (response) => void response.end();
  expect(await running.redrive({ source: 'github' })).toMatchObject({ moved: 1 });
  await running.until('github', (all) => all.some(({ outcome }) => outcome === 'handled'));
});

test('a payload that does not match rests until the schema takes it, also at a redrive', async () => {
  // A schema must lie inside the project.
  const root = path.resolve(import.meta.dirname, '../..');
  const file = path.join(root, `test/fixtures/payload-schemas/changing-${process.pid}.json`);
  remove.push(file);
  writeFileSync(file, readFileSync(path.join(root, schema)));
  const sources = `  github: { provider: github, handler: test/fixtures/handlers/note-effects.ts, payloadSchema: ${path.relative(root, file)} }\n`;
  machine = new TestMachine(sources);
  running = await machine.start();
  const post = (id: string, body: string) => postGithub(running!.gateway, secret, { event: 'push', id, body });
  await post('good', '{"action":"opened","at":"2026-01-31T12:00:00Z"}');
  await post('bad', '{"action":"reopened","at":"2026-01-31T12:00:00Z"}');
  const all = await running.until('github', (deliveries) => deliveries.length === 2);
  expect(all.map(({ outcome, reason }) => reason ?? outcome).toSorted()).toEqual(['handled', 'payload_mismatch']);
  expect(await running.redrive({ source: 'github' })).toMatchObject({ moved: 0, skipped: { payload_mismatch: 1 } });
  await running.stop();

  writeFileSync(file, readFileSync(path.join(root, schema), 'utf8').replace('"opened"', '"opened", "reopened"'));
  running = await machine.start();
  expect(await running.redrive({ source: 'github' })).toMatchObject({ moved: 1, skipped: {} });
  await running.until('github', (deliveries) => deliveries.every(({ outcome }) => outcome === 'handled'));
});
