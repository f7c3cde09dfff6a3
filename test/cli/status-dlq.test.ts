import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PlatformProcess, TestProject } from '../e2e/platform-process.ts';

const project = new TestProject(
  '  github: { provider: github, handler: test/fixtures/handlers/note-effects.ts }\n  zendesk: { provider: zendesk }\n',
);
let platform: PlatformProcess;
const cli = (...args: string[]) => project.cli([...args, '--data', project.data], { NO_COLOR: '1' });

beforeAll(async () => {
  platform = await project.start({ EFFECTS_FILE: project.file('effects') });
  await project.cli(['send', 'github', 'ping', '--data', project.data]);
  await project.cli(['send', 'zendesk', '--data', project.data]);
  await project.cli(['send', 'github', 'push', '--data', project.data], { GITHUB_WEBHOOK_SECRET: 'a wrong one' });
});
afterAll(async () => {
  await platform.stop();
  project.remove();
});

test('status tells every source at a glance', async () => {
  const { code, stdout } = await cli('status');
  expect(stdout).toMatch(/^SOURCE +PROVIDER +WAITING +IN FLIGHT +DEAD LETTERS +HANDLED +IGNORED +DUPLICATE +REJECTED/);
  expect(stdout).toMatch(/^github +github +0 +0 +1 +1 +0 +0 +1 +0$/m);
  expect(stdout).toMatch(/^zendesk +zendesk +1 +0 +0 +0 +0 +0 +0 +0$/m);
  expect(stdout).toContain('hookport dlq list github');
  expect(code).toBe(0);
});

test('dlq list and show tell why a dead letter rests, and look at it without a receive', async () => {
  const { stdout } = await cli('dlq', 'list', 'github', '--json');
  const [letter, ...others] = JSON.parse(stdout) as { deliveryId: string; reason: string; eventType: string }[];
  expect(others).toEqual([]);
  expect(letter).toMatchObject({ reason: 'signature_mismatch', eventType: 'push' });
  const shown = await cli('dlq', 'show', 'github', letter?.deliveryId ?? '');
  expect(shown.stdout).toMatch(/reason +signature_mismatch/);
  expect(shown.stdout).toMatch(/x-github-event +push/);
  expect(shown.code).toBe(0);
  expect((await cli('dlq', 'list', 'zendesk')).stdout).toBe('zendesk has no dead letters.\n');
});

test('dlq show ends with 2 where there is no such dead letter', async () => {
  const { code, stderr } = await cli('dlq', 'show', 'github', 'nothing');
  expect(stderr).toContain('no dead letter of this source has this id');
  expect(code).toBe(2);
});
