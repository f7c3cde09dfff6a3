import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { startHarness } from '../api/harness.ts';
import { gateway, sourcePlan } from '../gateway/harness.ts';
import { endpoint } from '../sqs-endpoint/harness.ts';
import { ambiguousBodies, ambiguousHeads, type Parts } from './ambiguous.ts';
import { heapUsed } from './heap-used.ts';
import { openMany, rawExchange } from './raw-connections.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Server {
  /** Connections that it takes. */
  cap: number;
  start: () => Promise<number>;
  /** A request with a body that it serves. */
  request: Omit<Parts, 'host'>;
  /** One that it answers and nothing of which is kept. */
  cheap: string;
}

const servers: Record<string, Server> = {
  'the gateway': {
    cap: 2048,
    start: async () => {
      const throttle = { rate: 100_000, burst: 100_000 };
      return (await gateway({ sources: [sourcePlan('github', [], { throttle })] })).port;
    },
    request: { line: 'POST /github HTTP/1.1', fields: '' },
    cheap: 'GET /nothing HTTP/1.1',
  },
  'the SQS endpoint': {
    cap: 1024,
    start: async () => (await endpoint()).port,
    request: {
      line: 'POST / HTTP/1.1',
      fields:
        'x-amz-target: AmazonSQS.ListQueues\r\ncontent-type: application/x-amz-json-1.0\r\n' +
        'authorization: AWS4-HMAC-SHA256 Credential=x/20260101/eu-west-1/sqs/aws4_request\r\n',
    },
    cheap: 'GET / HTTP/1.1',
  },
  'the inspector': {
    cap: 256,
    start: async () => {
      const { api } = await startHarness();
      closing.push(() => api.close());
      return api.port;
    },
    request: { line: 'POST /api/sources/github/pause HTTP/1.1', fields: 'content-type: application/json\r\n' },
    cheap: 'GET /api/sources HTTP/1.1',
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

const statusesOf = (answer: string) => [...answer.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));

describe.each(Object.entries(servers))('%s', (name, { start, request, cheap, cap }) => {
  const partsOf = (port: number): Parts => ({ ...request, host: `127.0.0.1:${port}` });
  /** Served, and then the connection stays open. */
  const kept = (port: number) =>
    `${request.line}\r\nhost: 127.0.0.1:${port}\r\n${request.fields}content-length: 2\r\n\r\n{}`;
  const honest = (port: number) => kept(port).replace('content-length', 'connection: close\r\ncontent-length');

  test.each(Object.entries(malformed))('gives nothing to %s, and goes on', async (_what, make) => {
    const port = await start();
    const answer = await rawExchange(port, Buffer.from(make(`127.0.0.1:${port}`), 'latin1'));
    expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
    expect(await rawExchange(port, honest(port), 10_000)).toMatch(/^HTTP\/1\.1 200 /);
  });

  /** The statuses that are answered to each, with an honest request right behind it. */
  async function answersTo(table: Record<string, (parts: Parts) => string>, port: number) {
    const all = await Promise.all(
      Object.entries(table).map(async ([what, make]) => {
        const answer = await rawExchange(port, Buffer.from(make(partsOf(port)) + honest(port), 'latin1'), 2000);
        return { what, statuses: statusesOf(answer) };
      }),
    );
    expect(await rawExchange(port, honest(port), 10_000)).toMatch(/^HTTP\/1\.1 200 /);
    return all;
  }

  test('answers 400 to a head that can be read in two ways, and serves nothing that stands behind it', async () => {
    const answers = await answersTo(ambiguousHeads, await start());
    expect(answers.filter(({ statuses }) => statuses.join() !== '400')).toEqual([]);
  });

  test('serves nothing that stands behind a body whose end can be read in two ways', async () => {
    const answers = await answersTo(ambiguousBodies, await start());
    // Who needs no body may have answered before it came.
    const allowed = new Set(['400', '200', '200,400']);
    expect(answers.filter(({ statuses }) => !allowed.has(statuses.join()))).toEqual([]);
  });

  test('takes no part of a body for a request, where Node drops what it read behind a wish to upgrade', async () => {
    const port = await start();
    const upgrade = kept(port).replace('\r\n', '\r\nconnection: upgrade\r\nupgrade: h2c\r\n');
    const hidden = honest(port);
    const cover = kept(port).replace(/content-length: 2\r\n\r\n{}$/, `content-length: ${hidden.length}\r\n\r\n`);
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    closing.push(() => void socket.destroy());
    let answers = '';
    socket.on('data', (chunk: Buffer) => (answers += chunk.toString('latin1')));
    socket.write(upgrade + cover);
    await expect.poll(() => answers).toMatch(/^HTTP\/1\.1 200 /);
    socket.write(hidden);
    await expect.poll(() => socket.destroyed, { timeout: 5000 }).toBe(true);
    expect(statusesOf(answers)).toEqual([200]);
  });

  test('answers a request before it closes the connection for what stands behind it', async () => {
    const port = await start();
    for (const garbage of ['garbage\r\n\r\n', 'CONNECT x:443 HTTP/1.1\r\nhost: x\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n']) {
      const [first, ...others] = statusesOf(await rawExchange(port, kept(port) + garbage, 5000));
      expect(first).toBe(200);
      expect(others).not.toContain(200);
    }
  });

  test('outlives a CONNECT whose client resets the connection', async () => {
    const port = await start();
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const socket = connect(port, '127.0.0.1').on('error', () => undefined);
        socket.write('CONNECT x:443 HTTP/1.1\r\nhost: x\r\n\r\n', () => socket.resetAndDestroy());
        await new Promise((resolve) => socket.once('close', resolve));
      }),
    );
    expect(await rawExchange(port, honest(port), 10_000)).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('answers the requests of a connection in order, without a pause between them', async () => {
    const port = await start();
    const answer = await rawExchange(
      port,
      `${kept(port)}${cheap}\r\nhost: 127.0.0.1:${port}\r\n\r\n`.repeat(10) + honest(port),
      5000,
    );
    const statuses = statusesOf(answer);
    expect(statuses.filter((_status, index) => index % 2 === 0)).toEqual(Array.from({ length: 11 }, () => 200));
  });

  test('holds no thousands of requests for connections that read no answer, and loses them', async () => {
    const port = await start();
    const many = Buffer.from(`${cheap}\r\nhost: 127.0.0.1:${port}\r\n\r\n`.repeat(5000));
    const before = heapUsed();
    const sockets: Socket[] = Array.from({ length: 20 }, () => {
      const socket = connect(port, '127.0.0.1', () => socket.write(many));
      return socket.pause().on('error', () => undefined);
    });
    closing.push(() => {
      for (const socket of sockets) socket.destroy();
    });
    expect(await rawExchange(port, honest(port), 10_000)).toMatch(/^HTTP\/1\.1 200 /);
    await sleep(500);
    await expect.poll(() => (heapUsed() - before) / 1024 / 1024, { timeout: 5000, interval: 500 }).toBeLessThan(5);
    expect(await rawExchange(port, honest(port), 10_000)).toMatch(/^HTTP\/1\.1 200 /);
  }, 30_000);

  test('closes connections beyond its cap, and serves again when they are gone', async () => {
    const port = await start();
    const many = await openMany(port, cap + 20);
    // Closing takes turns of the event loop that serves and counts.
    await expect.poll(() => many.open(), { timeout: 10_000 }).toBe(cap);
    many.close();
    await expect.poll(() => rawExchange(port, honest(port), 10_000), { timeout: 10_000 }).toMatch(/^HTTP\/1\.1 200 /);
  });

  test.skipIf(name === 'the gateway')('serves no second request that hides behind a refused one', async () => {
    const port = await start();
    const refused = kept(port).replace(/host: [^\r]+/, 'host: evil.example');
    expect(statusesOf(await rawExchange(port, refused + honest(port)))).toEqual([403]);
  });
});
