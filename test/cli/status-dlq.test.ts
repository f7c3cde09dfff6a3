import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type PlatformProcess, TestProject } from '../e2e/platform-process.ts';

const project = new TestProject(
  '  github: { provider: github, handler: test/fixtures/handlers/note-effects.ts }\n  zendesk: { provider: zendesk }\n  failing: { provider: github, handler: test/fixtures/handlers/always-throws.ts }\n',
);
let platform: PlatformProcess;
const cli = (...args: string[]) => project.cli([...args, '--data', project.data], { NO_COLOR: '1' });

beforeAll(async () => {
  platform = await project.serve({ EFFECTS_FILE: project.file('effects') });
  await project.cli(['send', 'github', 'ping', '--data', project.data]);
  await project.cli(['send', 'zendesk', '--data', project.data]);
  await project.cli(['send', 'failing', '--data', project.data]);
  await project.cli(['send', 'github', 'push', '--data', project.data], { GITHUB_WEBHOOK_SECRET: 'a wrong one' });
});
afterAll(async () => {
  await platform.stop();
  project.remove();
});

test('status tells every source at a glance', async () => {
  const { code, stdout } = await cli('status');
  expect(stdout).toMatch(/^SOURCE +STATE +WAITING +IN FLIGHT +DEAD +OLDEST +LAST +LAST HOUR$/m);
  expect(stdout).toMatch(/^github +consumed +0 +0 +1 +- +\d+s +1 handled, 1 rejected$/m);
  expect(stdout).toMatch(/^zendesk +yours +1 +0 +0 +\d+s +- +-$/m);
  expect(stdout).toContain('hookport dlq list github');
  expect(code).toBe(0);
});

test('status says where what failed is until its next attempt, as its help has it', async () => {
  expect((await cli('status')).stdout).toMatch(/^failing +consumed +0 +1 +0 +\d+s +\d+s +1 failed$/m);
  const { stdout } = await project.cli(['status', '--help']);
  expect(stdout).toMatch(/IN FLIGHT\s+in hand, or failed and put off until the next attempt/);
});

test('what start, status and dlq list suggest finds this platform as it is typed, from its configuration and data folder', async () => {
  const flags = ` --config ${project.config} --data ${project.data}`;
  await vi.waitUntil(() => platform.output().includes('Ready.'));
  expect(platform.output()).toContain(`Try it: npx hookport send github${flags}\n`);
  expect((await cli('status')).stdout).toContain(`hookport dlq list github${flags}\n`);
  expect((await cli('dlq', 'list', 'github')).stdout).toContain(`hookport redrive github${flags}\n`);
  const paused = await cli('pause', 'github');
  expect(paused.stdout).toContain(`hookport resume github${flags}\n`);
  expect((await cli('resume', 'github')).code).toBe(0);
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
  expect(shown.stdout).toContain('the source has a secret that was made up for development');
  expect(shown.stdout).toContain('→ put the provider’s secret into .env');
  expect((await cli('dlq', 'list', 'zendesk')).stdout).toBe('zendesk has no dead letters.\n');
});

test('dlq show ends with 2 where there is no such dead letter', async () => {
  const { code, stderr } = await cli('dlq', 'show', 'github', 'nothing');
  expect(stderr).toContain('no dead letter of this source has this id');
  expect(code).toBe(2);
});

test('replay hands a kept delivery over again, and tail tells of it, live', async () => {
  const tail = project.follow(['tail', 'github', '--json', '--data', project.data]);
  const [handled] = await platform.deliveries('source=github&outcome=handled');
  // The stream begins with the depths, before which nothing is told of attempts; asked for again until it is.
  const line = await vi.waitUntil(
    async () => {
      const { code, stdout } = await cli('replay', handled?.id ?? '');
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^Submitted again, as message /) });
      return tail.lines()[0];
    },
    { timeout: 15_000, interval: 200 },
  );
  tail.end();
  expect(JSON.parse(line)).toMatchObject({ source: 'github', outcome: 'handled', id: handled?.id });
  expect(project.lines('effects').length).toBeGreaterThan(1);
});

test('replay searches only where nobody must be asked, and tells of what is not kept', async () => {
  const asked = await cli('replay', '--source', 'github', '--outcome', 'handled');
  expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes to replay one delivery') });
  const done = await cli('replay', '--source', 'github', '--outcome', 'handled', '--since', '1h', '--yes');
  expect(done.code).toBe(0);
  const unknown = await cli('replay', 'nothing');
  expect(unknown).toMatchObject({ code: 1, stdout: expect.stringContaining('knows no delivery of this id') });
  expect((await cli('replay')).code).toBe(2);
});

test('dlq purge deletes only what is named, and not without being asked', async () => {
  expect((await cli('dlq', 'purge', 'github')).stderr).toContain('--all of them');
  const asked = await cli('dlq', 'purge', 'github', '--all');
  expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('add --yes to delete one dead letter') });
  const other = await cli('dlq', 'purge', 'github', '--reason', 'handler_error', '--yes');
  expect(other.stdout).toMatch(/deleted +0\n +not selected, left +1/);
  const dry = await cli('dlq', 'redrive', 'github', '--dry-run');
  expect(dry.stdout).toMatch(/still refused: signature_mismatch +1/);
  const { stdout } = await cli('dlq', 'purge', 'github', '--all', '--yes', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ deleted: 1, notSelected: 0, newer: 0, failed: 0 });
  expect((await platform.source('github')).queue.deadLettered).toBe(0);
});
