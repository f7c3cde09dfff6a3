import { afterEach, describe, expect, test } from 'vitest';
import { startHarness } from './api/harness.ts';
import { openMany, rawExchange } from './raw-connections.ts';
import { endpoint } from './sqs-endpoint/harness.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** The servers that only this machine may ask; each with a request that it serves. */
const servers = {
  'the SQS endpoint': {
    cap: 1024,
    start: async () => (await endpoint()).port,
    honest: (port: number) =>
      `POST / HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\nx-amz-target: AmazonSQS.ListQueues\r\n` +
      'content-type: application/x-amz-json-1.0\r\nauthorization: AWS4-HMAC-SHA256 Credential=x/20260101/eu-west-1/sqs/aws4_request\r\n' +
      'content-length: 2\r\n\r\n{}',
  },
  'the inspector': {
    cap: 256,
    start: async () => {
      const { api } = await startHarness();
      closing.push(() => api.close());
      return api.port;
    },
    honest: (port: number) => `GET /api/sources HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\n\r\n`,
  },
};

const malformed: Record<string, (host: string) => string> = {
  'bytes that are no HTTP': () => '\u0016\u0003\u0001\u0002\u0000\u0001\u0000',
  'a length beside chunks': (host) =>
    `POST /api/redrive HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  'two lengths': (host) => `POST / HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab`,
  'a chunk size that is no number': (host) =>
    `POST / HTTP/1.1\r\nhost: ${host}\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
  'no Host': () => 'GET /api/sources HTTP/1.1\r\n\r\n',
  'a foreign target beside a Host of its own': (host) =>
    `GET http://evil.example/api/sources HTTP/1.1\r\nhost: evil.example\r\nx: ${host}\r\nconnection: close\r\n\r\n`,
  '10,000 headers': (host) =>
    `GET /api/sources HTTP/1.1\r\nhost: ${host}\r\n${Array.from({ length: 10_000 }, (_, n) => `x-${n}: 1\r\n`).join('')}\r\n`,
  'a target of 60,000 bytes': (host) => `GET /${'a'.repeat(60_000)} HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
  'HTTP/2 without an agreement': () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  CONNECT: (host) => `CONNECT ${host} HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
  'a broken escape': (host) => `GET /api/deliveries/%zz HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
  'an id of NULs': (host) => `GET /api/deliveries/%00%00 HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
};

describe.each(Object.entries(servers))('%s', (_name, { start, honest, cap }) => {
  test.each(Object.entries(malformed))('gives nothing to %s, and goes on', async (_what, make) => {
    const port = await start();
    const answer = await rawExchange(port, Buffer.from(make(`127.0.0.1:${port}`), 'latin1'));
    expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
    expect(await rawExchange(port, honest(port), 10_000)).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('refuses a request with two Hosts, of which one is its own', async () => {
    const port = await start();
    for (const order of ['host: evil.example\r\n$&', '$&\r\nhost: evil.example'])
      expect(await rawExchange(port, honest(port).replace(/host: [^\r]+/, order), 10_000)).toMatch(/^HTTP\/1\.1 403 /);
  });

  test('serves no second request that hides behind a refused one', async () => {
    const port = await start();
    const refused = honest(port).replace(/host: [^\r]+/, 'host: evil.example');
    const answer = await rawExchange(
      port,
      refused.replace('connection: close', 'connection: keep-alive') + honest(port),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer).not.toContain(' 200 ');
  });

  test('closes connections beyond its cap, and serves again when they are gone', async () => {
    const port = await start();
    const many = await openMany(port, cap + 20);
    // Closing takes turns of the event loop that serves and counts.
    await expect.poll(() => many.open(), { timeout: 10_000 }).toBe(cap);
    many.close();
    await expect.poll(() => rawExchange(port, honest(port), 10_000), { timeout: 10_000 }).toMatch(/^HTTP\/1\.1 200 /);
  });
});
