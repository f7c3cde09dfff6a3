import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

// The page's own type check covers it; this one takes no JavaScript.
const module = new URL('../../../src/local/inspector/page/curl.js', import.meta.url).href;
const { toCurl } = (await import(module)) as { toCurl: (url: string, delivery: object) => string };

const delivery = { headers: { 'content-type': 'application/json' }, query: {}, body: "{'a'}" };

test('a delivery as a curl command has the query parameters that are kept, escaped for URL and shell', () => {
  expect(toCurl('http://h/a', delivery)).toBe(
    String.raw`curl -sS -X POST \
  'http://h/a' \
  -H 'content-type: application/json' \
  --data-raw '{'\''a'\''}'`,
  );
  const query = { kind: "order's & more", id: '7' };
  expect(toCurl('http://h/a', { ...delivery, query })).toContain("'http://h/a?kind=order%27s+%26+more&id=7'");
  expect(toCurl('http://h/a?token=<secret>', { ...delivery, query: { id: '7' } })).toContain(
    "'http://h/a?token=<secret>&id=7'",
  );
});

test('a body that begins with @ is the body, and no file that curl reads', async () => {
  const server = createServer((request, response) => void text(request).then((body) => response.end(body)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const body = `@${import.meta.filename}\r\n'two' lines`;
  const { stdout } = await run('sh', ['-c', toCurl(`http://127.0.0.1:${port}/`, { ...delivery, body })]);
  server.closeAllConnections();
  server.close();
  expect(stdout).toBe(body);
});

test('nothing in a body is a key that a terminal takes when the command is pasted, and curl sends it all the same', async () => {
  // Enough of the key that deletes takes away the quotes that stand before it.
  const body = `{"a":1}\n'\u007f\u007f\u007f; echo \u0085 gone # grüße`;
  const command = toCurl('http://h/', { headers: { 'x-a': 'b\u007f' }, query: {}, body });
  expect(command).toMatch(/^[\n\u0020-\u007eüß]+$/);
  const words = command.replace('curl -sS -X POST', 'printf "%s\\0"');
  const { stdout } = await run('bash', ['-c', words]);
  expect(stdout.split('\0')).toEqual(['http://h/', '-H', 'x-a: b\u007f', '--data-raw', body, '']);
});
