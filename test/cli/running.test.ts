import { spawnSync } from 'node:child_process';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultConfig } from '../../src/cli/project.ts';
import { askPlatform, sameProject, shellWord } from '../../src/cli/running.ts';

const answers: Record<string, (response: ServerResponse) => unknown> = {
  late: (response) => sleep(2500).then(() => response.end('{"moved":1}')),
  half: (response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"a');
    setTimeout(() => response.destroy(), 20);
  },
  page: (response) => response.end('<html>'),
};

/** Answers with the status that the path names, or as it says. */
const server = createServer(({ url = '' }, response) => {
  const name = url.slice(1);
  const answer = answers[name];
  if (answer) answer(response);
  else response.writeHead(Number(name)).end('{"error":"why"}');
});
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

test.each(['half', 'page'])(
  'an answer that is broken off, or is none of a platform, is no answer (%s)',
  async (kind) => {
    await expect(askPlatform(api, `/${kind}`)).rejects.toMatchObject({ code: 'not_running' });
  },
);

test('an answer takes as long as it needs: a redrive of very many is one request, and fetch gives up after 300 s', async () => {
  const key = Symbol.for('undici.globalDispatcher.1');
  const globals = globalThis as unknown as Record<symbol, { constructor: new (options: object) => never }>;
  await (await fetch(`${api}/200`)).text();
  const { [key]: before } = globals;
  if (!before) throw new Error('fetch has no dispatcher of that name any more');
  try {
    // What stands for the 300 s.
    globals[key] = new before.constructor({ headersTimeout: 500 });
    await expect(fetch(`${api}/late`)).rejects.toThrow('fetch failed');
    await expect(askPlatform(api, '/late', {})).resolves.toEqual({ moved: 1 });
  } finally {
    globals[key] = before;
  }
}, 15_000);
