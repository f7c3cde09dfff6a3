import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { postGithub } from '../e2e/github-request.ts';
import { type RunningMachine, TestMachine } from './platform-harness.ts';

const secret = 'a secret of the test';
const machine = new TestMachine('  github: { provider: github, handler: test/fixtures/handlers/always-throws.ts }\n');
let running: RunningMachine | undefined;
afterEach(async () => {
  await running?.stop();
  machine.remove();
  delete process.env['GITHUB_WEBHOOK_SECRET'];
});

/** Delays after each failed attempt: 30 s × 4^(n−1), with 20 % jitter either way. */
const delaysMs = [30_000, 120_000, 480_000, 1_920_000];

test(
  'a handler that throws always gets five attempts with growing delays, then the delivery rests in the dead-letter queue',
  { timeout: 60_000 },
  async () => {
    process.env['GITHUB_WEBHOOK_SECRET'] = secret;
    running = await machine.start();
    await postGithub(running.gateway, secret, { event: 'push', id: 'unlucky', body: '{}' });
    await running.until('github', ([first]) => first?.attempt === 1);
    let clockMs = 0;
    for (const [index, delayMs] of delaysMs.entries()) {
      const attempt = index + 1;
      expect((await running.deliveries('github'))[0]).toMatchObject({
        outcome: 'failed',
        reason: 'handler_error',
        attempt,
        deadLettered: false,
      });
      await running.stop();
      // Shortly before the shortest delay nothing is tried.
      running = await machine.start(clockMs + delayMs * 0.8 - 5000);
      await sleep(200);
      expect((await running.deliveries('github'))[0]?.attempt).toBe(attempt);
      await running.stop();
      clockMs += delayMs * 1.2 + 1000;
      running = await machine.start(clockMs);
      await running.until('github', ([first]) => first?.attempt === attempt + 1);
    }
    expect((await running.deliveries('github'))[0]).toMatchObject({
      outcome: 'failed',
      reason: 'handler_error',
      attempt: 5,
      deadLettered: true,
    });
  },
);
