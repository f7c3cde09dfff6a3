import { afterAll, beforeAll, expect, test } from 'vitest';
import { inParallel, postGithub } from './github-request.ts';
import { type PlatformProcess, TestProject } from './platform-process.ts';

const secret = 'a secret of the test';
const project = new TestProject(
  [
    '  endless: { provider: github, handler: test/fixtures/handlers/endless-loop.ts, timeout: 1s }',
    '  github: { provider: github, handler: test/fixtures/handlers/note-effects.ts }',
    '',
  ].join('\n'),
);
let platform: PlatformProcess;

beforeAll(async () => {
  platform = await project.serve({
    GITHUB_WEBHOOK_SECRET: secret,
    ENDLESS_WEBHOOK_SECRET: secret,
    EFFECTS_FILE: project.file('effects'),
  });
});
afterAll(async () => {
  await platform.stop();
  project.remove();
});

test('a handler in an endless loop is ended at its timeout, while another source goes on', async () => {
  await postGithub(platform.gateway, secret, { event: 'push', id: 'stuck', body: '{}', path: '/endless' });
  const ids = Array.from({ length: 500 }, (_, index) => `beside-${index}`);
  const acceptMs: number[] = [];
  await inParallel(ids, 8, async (id) => {
    const started = performance.now();
    expect(await postGithub(platform.gateway, secret, { event: 'push', id, body: '{"ref":"main"}' })).toBe(200);
    acceptMs.push(performance.now() - started);
  });
  await platform.until('github', ({ outcomes }) => outcomes.handled === ids.length);
  const stuck = await platform.until('endless', ({ outcomes }) => outcomes.failed === 1);
  const [delivery] = await platform.deliveries('source=endless');
  expect(delivery).toMatchObject({ outcome: 'failed', reason: 'handler_timeout', attempt: 1 });
  // It waits for its next attempt; nothing acknowledged is lost.
  expect(stuck.queue.waiting + stuck.queue.inFlight).toBe(1);
  const p99 = acceptMs.toSorted((a, b) => a - b)[Math.floor(acceptMs.length * 0.99)];
  console.log(`accept p99 beside an endless loop: ${p99?.toFixed(1)} ms, with the client on the same two cores`);
});
