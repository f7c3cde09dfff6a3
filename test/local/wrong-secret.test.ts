import { createHmac } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { postGithub } from '../e2e/github-request.ts';
import { type RunningMachine, TestMachine } from './platform-harness.ts';

const right = 'the secret that the provider signs with';
const wrong = 'the secret that somebody pasted from the wrong tab';
const dayMs = 86_400_000;

let machine: TestMachine;
let running: RunningMachine | undefined;
afterEach(async () => {
  await running?.stop();
  machine.remove();
  delete process.env['GITHUB_WEBHOOK_SECRET'];
  delete process.env['PADDLE_WEBHOOK_SECRET'];
});

/** Posts what Paddle would, signed by its documented formula. */
async function postPaddle(gateway: string, eventId: string): Promise<number> {
  const body = JSON.stringify({ event_id: eventId, event_type: 'transaction.completed', data: {} });
  const ts = Math.floor(Date.now() / 1000);
  const h1 = createHmac('sha256', right).update(`${ts}:${body}`).digest('hex');
  const headers = { 'content-type': 'application/json', 'paddle-signature': `ts=${ts};h1=${h1}` };
  return (await fetch(`${gateway}/paddle`, { method: 'POST', headers, body })).status;
}

test('deliveries under a wrong secret are kept with their reason, and handled by a redrive after the fix', async () => {
  machine = new TestMachine('  github: { provider: github, handler: test/fixtures/handlers/note-effects.ts }\n');
  process.env['GITHUB_WEBHOOK_SECRET'] = wrong;
  running = await machine.start();
  for (const id of ['a', 'b', 'c'])
    expect(await postGithub(running.gateway, right, { event: 'push', id, body: `{"id":"${id}"}` })).toBe(200);
  const rejected = await running.until('github', (all) => all.length === 3);
  for (const delivery of rejected)
    expect(delivery).toMatchObject({
      outcome: 'rejected',
      reason: 'signature_mismatch',
      deadLettered: true,
      attempt: 1,
    });

  // Before the fix a redrive moves nothing.
  expect(await running.redrive({ source: 'github' })).toMatchObject({ moved: 0, skipped: { signature_mismatch: 3 } });
  await running.stop();

  process.env['GITHUB_WEBHOOK_SECRET'] = right;
  running = await machine.start();
  expect(await running.redrive({ source: 'github', dryRun: true })).toMatchObject({ moved: 3, failed: 0 });
  expect(await running.redrive({ source: 'github' })).toMatchObject({ moved: 3, skipped: {}, failed: 0 });
  await running.until('github', (all) => all.length === 3 && all.every(({ outcome }) => outcome === 'handled'));
});

test('days later, a redrive compares the signed timestamp with the arrival, not with now', async () => {
  machine = new TestMachine('  paddle: { provider: paddle, handler: test/fixtures/handlers/note-effects.ts }\n');
  process.env['PADDLE_WEBHOOK_SECRET'] = wrong;
  running = await machine.start();
  expect(await postPaddle(running.gateway, 'evt_1')).toBe(200);
  await running.until('paddle', ([first]) => first?.reason === 'signature_mismatch');
  await running.stop();

  process.env['PADDLE_WEBHOOK_SECRET'] = right;
  running = await machine.start(5 * dayMs);
  expect(await running.redrive({ source: 'paddle' })).toMatchObject({ moved: 1, failed: 0 });
  await running.until('paddle', ([first]) => first?.outcome === 'handled');
});
