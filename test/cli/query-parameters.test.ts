import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PlatformProcess, TestProject } from '../e2e/platform-process.ts';
import { ownProvidersYaml } from '../fixtures/own-providers.ts';

const handler = 'handler: test/fixtures/handlers/note-effects.ts';
const project = new TestProject(
  `  token: { provider: acme-query, ${handler} }\n  signed: { provider: acme-signed-query, ${handler}, deduplicate: 1h }\n${ownProvidersYaml}`,
);
const secrets = { TOKEN_WEBHOOK_SECRET: 'MARK_token-5afe', SIGNED_WEBHOOK_SECRET: 'MARK signing secret' };
let platform: PlatformProcess;

beforeAll(async () => {
  platform = await project.serve(secrets);
});
afterAll(async () => {
  await platform.stop();
  project.remove();
});

const run = async (...args: string[]) => {
  const { code, stdout, stderr } = await project.cli(args, { NO_COLOR: '1', ...secrets });
  expect(stdout + stderr).not.toContain('MARK');
  return { code, stdout, stderr };
};
const send = (...args: string[]) => run('send', ...args, '--data', project.data);

test('validate takes sources whose providers need query parameters', async () => {
  expect(await run('validate')).toMatchObject({ code: 0 });
});

test('urls shows where the token goes, and never the token', async () => {
  const { stdout } = await run('urls', '--data', project.data);
  expect(stdout).toMatch(/^token {2}http:\/\/127\.0\.0\.1:\d+\/token\?token=v1\.<secret>$/m);
  expect(stdout).toContain('Put the secret in place of <secret>.');
  expect(stdout).toContain('Query parameters kept, if the provider sends them: kind\n');
  expect(stdout).toMatch(/^signed {2}http:\/\/127\.0\.0\.1:\d+\/signed$/m);
  expect(stdout).toContain('Query parameters kept, if the provider sends them: event_id, Kind\n');
});

test('plan and providers name the parameters that are kept', async () => {
  const { stdout } = await run('plan');
  expect(stdout).toMatch(/query kept +token, kind\n/);
  expect(stdout).toMatch(/query kept +event_id, Kind\n/);
  const about = (await run('providers', 'acme-query')).stdout;
  expect(about).toMatch(/signs with +a static token in the query parameter token\n/);
  expect(about).toMatch(/query kept +token, kind\n/);
});

test.each(['acme-query', 'acme-signed-query'])('providers check finds nothing wrong with %s', async (id) => {
  const { code, stdout } = await run('providers', 'check', id);
  expect(stdout).toMatch(/(2\d|3\d) checks ran, 0 failed/);
  expect(code).toBe(0);
});

test.each(['token', 'signed'])(
  'send adds to the URL what %s needs, also where it is given with a query',
  async (id) => {
    const { code, stdout } = await send(id, '--count', '2');
    expect(stdout).toMatch(/outcome +handled +2/);
    expect(code).toBe(0);
    const given = await send(id, '--url', `${platform.gateway}/${id}?token=another&x=1`);
    expect(given.stdout).toMatch(/outcome +handled/);
  },
);

test.each(['token', 'signed'])('what nobody should send to %s has the outcome that it must have', async (id) => {
  const { code, stdout } = await send(id, '--hostile');
  expect(stdout).toMatch(/without a signature .*rejected/);
  expect([stdout, code]).toEqual([stdout, 0]);
});
