import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { postGithub } from './github-request.ts';
import { type PlatformProcess, TestProject } from './platform-process.ts';

const root = path.resolve(import.meta.dirname, '../..');
const secret = 'a secret of the test';
const projects: TestProject[] = [];

function newProject(sources: string): TestProject {
  const project = new TestProject(sources);
  projects.push(project);
  return project;
}
afterEach(() => {
  for (const project of projects.splice(0)) project.remove();
});

describe('a start that cannot be ends with 1, says why, and leaves nothing running', () => {
  const anyPorts = ['--port', '0', '--inspector-port', '0', '--sqs-port', '0'];
  const project = new TestProject('  github: { provider: github }\n');
  const other = new TestProject('  github: { provider: github }\n');
  let first: PlatformProcess;
  beforeAll(async () => {
    first = await project.serve({});
  });
  afterAll(async () => {
    await first.stop();
    project.remove();
    other.remove();
  });

  test('on a data folder that another holds: it says who', async () => {
    const second = await project.cli(['start', '--data', project.data, ...anyPorts]);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`process ${first.child.pid} holds the data folder ${project.data}`);
  });

  test('on a port that is taken: it names it', async () => {
    const { port } = new URL(first.gateway);
    const second = await other.cli(['start', '--data', other.data, ...anyPorts, '--port', port]);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`port ${port}`);
  });

  test('on a data folder that cannot be read', async () => {
    expect(await first.stop()).toBe(0);
    // The engine finds out only when it prepares its statements, after it has started a thread of its own.
    const database = new DatabaseSync(path.join(project.data, 'queues.db'));
    database.exec('ALTER TABLE message RENAME COLUMN body TO text');
    database.close();
    const second = await project.cli(['start', '--data', project.data, ...anyPorts]);
    expect(second.stderr).toContain('queues.db');
    expect(second.code).toBe(1);
  });
});

test.each(['start', 'later'])('an engine that breaks down, at the %s, ends the process with 1', async (when) => {
  const project = newProject('  github: { provider: github }\n');
  const { child, output } = project.spawn({
    BREAKS_AT: when,
    NODE_OPTIONS: `--import ${path.join(root, 'test/fixtures/engine-that-breaks.ts')}`,
  });
  await expect(once(child, 'close')).resolves.toEqual([1, null]);
  expect(output()).toContain('error="broken by the test"');
  expect(output()).not.toMatch(/^ +at /m);
});

test('SIGTERM that is sent to npm stops the platform too, and a handler that is running when it comes finishes first', async () => {
  const project = newProject('  github: { provider: github, handler: test/fixtures/handlers/slow.ts }\n');
  const environment = { GITHUB_WEBHOOK_SECRET: secret, EFFECTS_FILE: project.file('effects') };
  const ports = ['--port', '0', '--inspector-port', '0', '--sqs-port', '0'];
  const npm = spawn('npm', ['start', '--', '--config', project.config, '--data', project.data, ...ports], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  for await (const chunk of npm.stdout as AsyncIterable<Buffer>) {
    output += chunk.toString();
    if (output.includes('Ready.')) break;
  }
  npm.kill('SIGTERM');
  await once(npm, 'exit');

  // The lock of the data folder is free when the server is gone: another start takes it.
  const platform = await project.serve(environment);
  await postGithub(platform.gateway, secret, { event: 'ping', id: 'slow', body: '{}' });
  await platform.until('github', () => project.lines('effects').includes('started slow'));
  expect(await platform.stop()).toBe(0);
  expect(project.lines('effects')).toEqual(['started slow', 'finished slow']);
});
