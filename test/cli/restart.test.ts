import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type PlatformProcess, TestProject } from '../e2e/platform-process.ts';

const project = new TestProject(
  '  github: { provider: github, handler: test/fixtures/handlers/scripted.ts }\n  other: { provider: github, handler: test/fixtures/handlers/always-throws.ts }\n',
);
let platform: PlatformProcess;
const data = ['--data', project.data];
const logs = (...args: string[]) => project.cli(['logs', ...args, ...data], { NO_COLOR: '1' });

beforeAll(async () => {
  platform = await project.start({});
});
afterAll(async () => {
  await platform.stop();
  project.remove();
});

test('tail and logs --follow say that the platform has gone, and go on when it is there again', async () => {
  const tail = project.follow(['tail', '--json', ...data]);
  const follow = project.follow(['logs', '--follow', '--json', ...data]);
  const until = (wanted: () => boolean) => vi.waitUntil(wanted, { timeout: 15_000, interval: 20 });
  const seen = (stream: typeof tail, wanted: string) =>
    until(() => stream.lines().some((line) => line.includes(wanted)));
  /** Unsigned, so it is rejected. */
  const post = () => fetch(`${platform.gateway}/github`, { method: 'POST', body: 'a body' });
  try {
    // What came before it listened is not told: asked for again until it does.
    const isTold = async () => (await post()).ok && tail.lines().length > 0;
    await vi.waitUntil(isTold, { timeout: 15_000, interval: 100 });
    await seen(follow, 'missing_signature');
    await platform.kill();
    await until(() => tail.errors().includes('the platform has gone; waiting for it, Ctrl-C ends'));

    platform = await project.start({});
    await until(() => tail.errors().includes('the platform is there again'));
    await project.cli(['send', 'other', 'ping', ...data]);
    await seen(tail, '"source":"other"');
    await seen(follow, 'the database is away');
    expect(follow.lines().filter((line) => line.includes('"the platform runs"'))).toHaveLength(2);
    // A reader that has seen enough ends them.
    const left = Promise.all([tail.leave(), follow.leave()]);
    await post();
    expect(await left).toEqual([0, 0]);
  } finally {
    tail.end();
    follow.end();
  }
}, 30_000);

test('logs shows what a platform said that was killed, with nothing of a request’s content', async () => {
  await platform.kill();
  const all = await logs();
  const other = await logs('other', '--level', 'warn', '-n', '1', '--json');
  expect(all).toMatchObject({ code: 0, stderr: '' });
  expect(all.stdout).toMatch(/Z {2}info {3}- {2}the platform runs/);
  expect(all.stdout).toMatch(
    /Z {2}error {2}other {2}the handler failed {2}.*error="Error: the database is away"\n {4}at /,
  );
  expect(all.stdout).toMatch(/Z {2}warn {3}other {2}delivery {2}outcome=failed {2}reason=handler_error/);
  // What GitHub's ping says of itself, its signature, and the other request.
  expect(all.stdout).not.toMatch(/zen|sha256|a body/);
  expect(JSON.parse(other.stdout)).toMatchObject({ level: 'warn', message: 'delivery', fields: { source: 'other' } });
});
