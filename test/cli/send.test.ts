import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hookportInTerminal } from './aws/run.ts';
import { hasScript } from './project-copy.ts';
import { type PlatformProcess, TestProject } from '../e2e/platform-process.ts';

const project = new TestProject(
  [
    '  github: { provider: github, handler: test/fixtures/handlers/note-effects.ts }',
    '  paddle: { provider: paddle, handler: test/fixtures/handlers/note-effects.ts, deduplicate: true }',
    '  zendesk: { provider: zendesk }',
    '',
  ].join('\n'),
);
let platform: PlatformProcess;

const send = async (args: readonly string[], env: Record<string, string> = {}) =>
  project.cli(['send', ...args, '--data', project.data], { NO_COLOR: '1', ...env });

beforeAll(async () => {
  platform = await project.serve({ EFFECTS_FILE: project.file('effects') });
});
afterAll(async () => {
  await platform.stop();
  project.remove();
});

test('a sample is handled, under the development secret that nobody had to set', async () => {
  const { code, stdout } = await send(['github', 'ping']);
  expect(stdout).toMatch(/^github: ping → http:\/\/127\.0\.0\.1:\d+\/github\n {2}answer +200 after \d+ ms\n/);
  expect(stdout).toMatch(/outcome +handled after \d+ ms/);
  expect(code).toBe(0);
  expect(project.lines('effects')).toHaveLength(1);
});

test('many are told in a summary, and no two are taken for one', async () => {
  const { code, stdout, stderr } = await send(['paddle', '--count', '40']);
  expect(stdout).toMatch(/answered +200 +40/);
  expect(stdout).toMatch(/outcome +handled +40/);
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

test.skipIf(!hasScript)(
  'many show a bar at a terminal, but not beside JSON (skipped without util-linux’s script)',
  async () => {
    const atTerminal = (...args: string[]) =>
      hookportInTerminal(['send', 'paddle', ...args, '--config', project.config, '--data', project.data], {}, []);
    const { code, shown } = await atTerminal('--count', '20');
    expect(shown).toContain(`\r\u001B[2Ksending ${'█'.repeat(30)} 20 of 20`);
    expect(shown).toContain(`\r\u001B[2Kwaiting for outcomes ${'█'.repeat(30)} 20 of 20`);
    // What is left on the screen is the summary alone.
    const clear = '\r\u001B[2K';
    const left = shown
      .split('\n')
      .map((line) => line.split(clear).at(-1))
      .join('\n');
    expect(left).toMatch(/^paddle.*20/);
    expect(left).not.toMatch(/sending|waiting for/);
    expect(code).toBe(0);
    expect((await atTerminal('--count', '20', '--json')).shown).not.toContain('█');
    expect((await atTerminal()).shown).not.toContain('█');
  },
);

test('a source without a handler has it waiting in its queue', async () => {
  const { code, stdout } = await send(['zendesk', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ status: 200, delivery: 'waiting' });
  expect(code).toBe(0);
  expect((await platform.source('zendesk')).queue.waiting).toBe(1);
});

test('a wrong secret is told with its reason, ends with 1 and shows no secret', async () => {
  const { code, stdout, stderr } = await send(['github'], { GITHUB_WEBHOOK_SECRET: 'not the platform’s secret' });
  expect(stdout).toMatch(/outcome +rejected after \d+ ms: signature_mismatch: .*; it rests in the dead-letter queue/);
  expect(stdout).toContain('It was signed with GITHUB_WEBHOOK_SECRET of this terminal;');
  expect(stdout + stderr).not.toContain('not the platform');
  expect(code).toBe(1);
});

test('a secret that the platform alone was started with is told as what is missing here', async () => {
  const other = new TestProject('  github: { provider: github, handler: test/fixtures/handlers/note-effects.ts }\n');
  const started = await other.serve({ GITHUB_WEBHOOK_SECRET: 'in one terminal', EFFECTS_FILE: other.file('effects') });
  const { code, stdout } = await other.cli(['send', 'github', '--data', other.data], { NO_COLOR: '1' });
  await started.stop();
  other.remove();
  expect(stdout).toMatch(/rejected after \d+ ms: signature_mismatch/);
  expect(stdout).toContain('since GITHUB_WEBHOOK_SECRET is neither in .env nor set in this terminal');
  expect(code).toBe(1);
});

test('--url sends elsewhere, and tells what was answered there', async () => {
  const elsewhere = createServer((request, response) => {
    request.resume();
    response.writeHead(503, { 'content-type': 'application/json' }).end('{"message":"Service \\u001b[2JUnavailable"}');
  });
  await new Promise<void>((resolve) => {
    elsewhere.listen(0, '127.0.0.1', resolve);
  });
  const { port } = elsewhere.address() as AddressInfo;
  const { code, stdout } = await send(['github', '--url', `http://127.0.0.1:${port}/in`]);
  elsewhere.close();
  expect(stdout).toMatch(/answer +503 after \d+ ms: Service /);
  expect(stdout).not.toContain('\u001b');
  expect(code).toBe(1);
});

test('a source that was added since the platform started: it says that a restart is missing', async () => {
  appendFileSync(project.config, '  stripe: { provider: stripe, handler: test/fixtures/handlers/note-effects.ts }\n');
  const wanted =
    'hookport: the platform that runs has no source "stripe"; one that was added since it started is there after a restart\n';
  expect(await send(['stripe'])).toEqual({ code: 2, stdout: '', stderr: wanted });
  expect(await send(['stripe', '--hostile'])).toMatchObject({ code: 2, stderr: wanted });
  expect(await project.cli(['pause', 'stripe', '--data', project.data])).toMatchObject({ code: 2, stderr: wanted });
});

test('a source that was changed since the platform started: it says so, and sends nothing that would be refused', async () => {
  const before = readFileSync(project.config, 'utf8');
  const change = (to: string) => writeFileSync(project.config, before.replace('zendesk: { provider: zendesk }', to));
  const wanted =
    'hookport: the platform that runs has "zendesk" as zendesk at /zendesk; what was changed since it started counts after a restart\n';
  for (const to of ['zendesk: { provider: paddle }', 'zendesk: { provider: zendesk, path: /desk }']) {
    change(to);
    expect(await send(['zendesk'])).toEqual({ code: 2, stdout: '', stderr: wanted });
  }
});
