import { afterEach, expect, test, vi } from 'vitest';
import { postGithub } from '../e2e/github-request.ts';
import { type RunningMachine, TestMachine } from './platform-harness.ts';

let machine: TestMachine;
let running: RunningMachine | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await running?.stop();
  machine.remove();
  delete process.env['GITHUB_WEBHOOK_SECRET'];
});

test('what rests is redriven and purged when the time of day was set back by hours meanwhile', async () => {
  machine = new TestMachine('  github: { provider: github, handler: test/fixtures/handlers/note-effects.ts }\n');
  process.env['GITHUB_WEBHOOK_SECRET'] = 'wrong';
  running = await machine.start();
  expect(await postGithub(running.gateway, 'right', { event: 'push', id: 'a', body: '{}' })).toBe(200);
  await running.until('github', ([first]) => first?.deadLettered === true);

  const { now } = Date;
  vi.spyOn(Date, 'now').mockImplementation(() => now() - 5 * 3_600_000);
  process.env['GITHUB_WEBHOOK_SECRET'] = 'right';
  expect(await running.redrive({ source: 'github', dryRun: true })).toMatchObject({ moved: 1, newer: 0 });
  const purge = await fetch(`${running.api}/dead-letters/purge`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ source: 'github', all: true }),
  });
  expect(await purge.json()).toMatchObject({ deleted: 1, newer: 0 });
});
