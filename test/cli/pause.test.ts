import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type PlatformProcess, TestProject } from '../e2e/platform-process.ts';

const project = new TestProject(
  '  github: { provider: github, handler: test/fixtures/handlers/note-effects.ts }\n  zendesk: { provider: zendesk }\n',
);
let platform: PlatformProcess;
const cli = (...args: string[]) => project.cli([...args, '--data', project.data], { NO_COLOR: '1' });
const start = () => project.serve({ EFFECTS_FILE: project.file('effects') });

beforeAll(async () => {
  platform = await start();
});
afterAll(async () => {
  await platform.stop();
  project.remove();
});

const post = () =>
  fetch(`${platform.gateway}/github`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });

test('a paused source accepts and hands nothing over, also after a restart, until it is resumed', async () => {
  const paused = await cli('pause', 'github');
  expect(paused.stdout).toContain('github is paused: its deliveries are accepted and wait, for 7d at most');
  expect(paused.stdout).toContain('hookport resume github');
  expect((await post()).status).toBe(200);
  await platform.stop();

  platform = await start();
  await vi.waitFor(() => expect(platform.output()).toMatch(/github is paused since .*: hookport resume github/));
  expect((await post()).status).toBe(200);
  expect((await platform.source('github')).queue).toEqual({ waiting: 2, inFlight: 0, deadLettered: 0 });
  const metrics = await fetch(platform.api.replace(/\/api$/, '/metrics'));
  expect(metrics.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  const text = await metrics.text();
  expect(text).toContain('hookport_source_paused{source="github"} 1');
  expect(text).toContain('hookport_queue_messages{source="github",state="waiting"} 2');
  expect(text).toContain('hookport_deliveries_accepted_total{source="github"} 1');
  expect(text).toContain('hookport_accept_duration_seconds_count{source="github"} 1');

  expect((await cli('resume', 'github')).stdout).toBe('github is handed over again.\n');
  // Unsigned, so each is rejected once it is taken in hand.
  await platform.until('github', ({ outcomes }) => outcomes.rejected === 2);
  const after = await (await fetch(platform.api.replace(/\/api$/, '/metrics'))).text();
  expect(after).toContain('hookport_attempts_total{source="github",outcome="rejected",reason="missing_signature"} 2');
  expect(after).toContain('hookport_source_paused{source="github"} 0');
});

test('send does not wait for what a paused source holds back', async () => {
  await cli('pause', 'github');
  const began = performance.now();
  const one = await cli('send', 'github', 'ping');
  const many = await cli('send', 'github', 'ping', '--count', '3');
  const hostile = await cli('send', 'github', 'ping', '--tamper', '--json');
  // Without a pause it waits for longer than the timeout of a delivery, 30 s.
  expect(performance.now() - began).toBeLessThan(25_000);
  await cli('resume', 'github');
  expect(one).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/outcome +waiting in the queue: github is paused\n/),
  });
  expect(many).toMatchObject({ code: 0, stdout: expect.stringMatching(/outcome +waiting: the source is paused +3\n/) });
  expect(hostile.code).toBe(1);
  expect(JSON.parse(hostile.stdout)).toMatchObject([{ requests: [{ delivery: 'paused', asExpected: null }] }]);
}, 60_000);

test('pause and resume say so where nothing runs that heeds them now', async () => {
  const nowhere = ['--data', project.file('another')];
  const paused = await project.cli(['pause', 'github', ...nowhere]);
  expect(paused.stdout).toContain(`nothing runs on ${project.file('another')} now`);
  const resumed = await project.cli(['resume', 'github', ...nowhere]);
  expect(resumed.stdout).toBe(
    `github is paused no more; nothing runs on ${project.file('another')} now, so it is handed over after the next start there.\n`,
  );
  expect((await cli('pause', 'github')).stdout).not.toContain('nothing runs');
  expect((await cli('resume', 'github')).stdout).toBe('github is handed over again.\n');
});

test('a source that you consume yourself has nothing to pause', async () => {
  const { code, stderr } = await cli('pause', 'zendesk');
  expect(stderr).toContain('you consume the queue of "zendesk" yourself');
  expect(code).toBe(2);
});

test('a paused source that is consumed by others by now counts as paused no more: nothing could resume it', async () => {
  await cli('pause', 'github');
  await platform.stop();
  const before = readFileSync(project.config, 'utf8');
  writeFileSync(project.config, before.replace(/(github: \{ provider: github), handler: [^ ]+/, '$1'));
  platform = await start();
  await vi.waitFor(() => expect(platform.output()).toContain('Ready.'));
  expect(platform.output()).not.toContain('paused');
  expect((await cli('status')).stdout).not.toContain('hookport resume');

  await platform.stop();
  writeFileSync(project.config, before);
  platform = await start();
  await vi.waitFor(() => expect(platform.output()).toMatch(/github is paused since .*: hookport resume github/));
  await cli('resume', 'github');
});
