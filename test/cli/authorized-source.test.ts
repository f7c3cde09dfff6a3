import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PlatformProcess, TestProject } from '../e2e/platform-process.ts';
import { type Issuer, openIssuer } from '../local/gateway/issuer.ts';

let issuer: Issuer;
let project: TestProject;
let platform: PlatformProcess;

beforeAll(async () => {
  issuer = await openIssuer();
  const handler = 'handler: test/fixtures/handlers/note-effects.ts';
  const jwt = `{ issuer: "${issuer.url}", audience: [web], scopes: [logs] }`;
  project = new TestProject(
    [
      `  logs: { provider: json, ${handler}, authorize: { jwt: ${jwt} } }`,
      `  open: { provider: json, ${handler}, unverified: true }`,
      '',
    ].join('\n'),
  );
  platform = await project.serve({ EFFECTS_FILE: project.file('effects') });
});
afterAll(async () => {
  await platform.stop();
  project.remove();
  await issuer.close();
});

const seconds = () => Math.floor(Date.now() / 1000);
const token = (scope = 'logs') => issuer.token({ iss: issuer.url, aud: 'web', exp: seconds() + 600, scope });
const send = (...args: string[]) => project.cli(['send', ...args, '--data', project.data], { NO_COLOR: '1' });

test('a sample with a token is handled, without any secret', async () => {
  const { code, stdout } = await send('logs', 'reading', '--token', await token());
  expect(stdout).toMatch(/answer +200 /);
  expect(stdout).toMatch(/outcome +handled after/);
  expect(code).toBe(0);
  expect(existsSync(path.join(project.data, 'dev-secrets', 'logs.json'))).toBe(false);
});

test('a token without the scope is answered 403, and nothing is kept', async () => {
  const before = (await platform.source('logs')).outcomes;
  const { code, stdout } = await send('logs', '--token', await token('other'));
  expect(stdout).toMatch(/answer +403 after \d+ ms: Forbidden/);
  expect(code).toBe(1);
  expect((await platform.source('logs')).outcomes).toEqual(before);
});

test('send without a token says which one it needs', async () => {
  const { code, stderr } = await send('logs');
  expect(stderr).toContain(`tokens of ${issuer.url} for web, with a scope of logs`);
  expect(stderr).toContain('--token');
  expect(code).toBe(2);
});

test('a source that says `unverified: true` takes what anyone posts, and the start says so', async () => {
  const { code, stdout } = await send('open');
  expect(stdout).toMatch(/outcome +handled after/);
  expect(code).toBe(0);
  expect(platform.output()).toMatch(/open +http\S+\/open +\S+ +none: anyone may post, and nothing is verified/);
  expect(platform.output()).toMatch(/logs +http\S+\/logs +\S+ +none: tokens of http/);
});

test('plan and urls say who is let in', async () => {
  const { stdout: plan } = await project.cli(['plan']);
  expect(plan).toMatch(new RegExp(`lets in +tokens of ${issuer.url} for web, with a scope of logs`));
  expect(plan).toMatch(/lets in +anyone may post, and nothing is verified/);
  expect(plan).toMatch(/authorizers of an HTTP API +1 of 10/);
  const { stdout: urls } = await project.cli(['urls', '--data', project.data]);
  expect(urls).toContain(`Lets in: tokens of ${issuer.url}`);
  expect(urls).not.toContain('WEBHOOK_SECRET');
});
