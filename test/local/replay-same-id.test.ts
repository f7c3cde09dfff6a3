import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningMachine, TestMachine } from './platform-harness.ts';

const handler = 'handler: test/fixtures/handlers/note-effects.ts';
const machine = new TestMachine(
  `  a: { provider: standard-webhooks, ${handler} }\n  b: { provider: standard-webhooks, ${handler} }\n`,
);
let running: RunningMachine;
beforeAll(async () => {
  running = await machine.start();
});
afterAll(async () => {
  await running.stop();
  machine.remove();
});

const headers = { 'webhook-id': 'msg_same', 'webhook-timestamp': '1767323045', 'content-type': 'application/json' };
const body = JSON.stringify({ type: 'x', timestamp: '2026-01-02T03:04:05Z', data: {} });

test('a replay by an id that deliveries of two sources have is refused, and says what to name instead', async () => {
  await running.post('send', { source: 'a', headers, body });
  const [a] = await running.until('a', (all) => all.length === 1);
  expect(await running.post('replay', { id: 'msg_same' })).toMatchObject({ source: 'a' });

  // As a provider sends one message to each of its endpoints.
  await running.post('send', { source: 'b', headers, body });
  const [b] = await running.until('b', (all) => all.length === 1);
  const [first, second] = [`${a?.requestId} of a`, `${b?.requestId} of b`].toSorted();
  expect(await running.post('replay', { id: 'msg_same' })).toEqual({
    error: `deliveries of several sources have this id: name one by its request id, ${first} or ${second}`,
  });
  expect(await running.post('replay', { id: a?.requestId })).toMatchObject({ source: 'a' });
  expect(await running.post('replay', { id: b?.requestId })).toMatchObject({ source: 'b' });
});
