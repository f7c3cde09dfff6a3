import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultConfig } from '../../src/cli/project.ts';
import { askPlatform, sameProject, shellWord } from '../../src/cli/running.ts';

/** Answers with the status that the path names. */
const server = createServer(({ url = '' }, response) =>
  response.writeHead(Number(url.slice(1))).end('{"error":"why"}'),
);
let api: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

test.each([
  [400, 'usage'],
  [404, 'usage'],
  [409, 'usage'],
  [500, 'internal'],
])('what the platform answers with %i is an error of the code %s', async (status, code) => {
  await expect(askPlatform(api, `/${status}`)).rejects.toMatchObject({ code, message: 'why' });
});

test('a suggested command names the configuration and the data folder that are not the defaults', () => {
  expect(sameProject({ config: defaultConfig(), data: '.hookport' })).toBe('');
  expect(sameProject({ config: 'other.yaml' })).toBe(' --config other.yaml');
  expect(sameProject({ config: 'my own.yaml', data: '/tmp/x' })).toBe(" --config 'my own.yaml' --data /tmp/x");
});

test.each(['plain/x.yaml', 'a b', "Söhne's $HOME `x` #1"])('a shell takes %s as one word', (text) => {
  const { stdout } = spawnSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' });
  expect(stdout).toBe(text);
});
