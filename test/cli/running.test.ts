import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askPlatform } from '../../src/cli/running.ts';

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
