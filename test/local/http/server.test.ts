import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { closeServer } from '../../../src/local/http/close.ts';
import { listen } from '../../../src/local/http/listen.ts';
import { createHttpServer, type HttpServerOptions } from '../../../src/local/http/server.ts';
import { rawExchange } from './raw-connections.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function start(serve: HttpServerOptions['serve'], idleMs?: number) {
  const server = createHttpServer({
    maxConnections: 100,
    refusalBody: (message) => ({ message }),
    serve,
    ...(idleMs !== undefined && { idleMs }),
  });
  await listen(server, 0, '--port');
  closing.push(() => (server.listening ? closeServer(server, 0) : undefined));
  const open = () => new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));
  return { server, port: (server.address() as AddressInfo).port, open };
}

async function client(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  closing.push(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;

describe('requests of one connection', () => {
  test('are served when those before are answered, in their order', async () => {
    const served: { path: string | undefined; response: ServerResponse }[] = [];
    const { port } = await start(({ url }, response) => served.push({ path: url, response }));
    const socket = await client(port);
    let answers = '';
    socket.on('data', (chunk: Buffer) => (answers += chunk.toString()));
    socket.write(get('/1') + get('/2') + get('/3'));
    for (const number of [1, 2, 3]) {
      await expect.poll(() => served.length).toBe(number);
      await sleep(20);
      expect(served.map(({ path }) => path)).toEqual(['/1', '/2', '/3'].slice(0, number));
      served.at(-1)?.response.end(`answer ${number}`);
    }
    await expect.poll(() => answers).toContain('answer 3');
    expect(answers.match(/answer \d/g)).toEqual(['answer 1', 'answer 2', 'answer 3']);
  });

  test('have bodies that come after they had to wait', async () => {
    const { port } = await start((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => setTimeout(() => response.end(`${Buffer.concat(chunks).length} bytes`), 20));
    });
    const socket = await client(port);
    let answers = '';
    socket.on('data', (chunk: Buffer) => (answers += chunk.toString()));
    const head = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 300000\r\n\r\n';
    socket.write(get('/') + head);
    for (let part = 0; part < 3; part++) {
      await sleep(part * 30);
      socket.write(Buffer.alloc(100_000));
    }
    await expect.poll(() => answers).toMatch(/0 bytes.*300000 bytes$/s);
  });

  test('close it when too many wait for one that takes its time', async () => {
    let served = 0;
    const { port, open } = await start(() => served++);
    const socket = await client(port);
    socket.write(get('/').repeat(33));
    await sleep(100);
    expect(await open()).toBe(1);
    socket.write(get('/'));
    // It is not read while they wait, so nothing more of it piles up either.
    socket.write(get('/').repeat(5000));
    await sleep(100);
    expect([await open(), served]).toEqual([1, 1]);
    const other = await client(port);
    other.write(get('/').repeat(34));
    await expect.poll(open).toBe(1);
    expect(served).toBe(2);
  });

  test('hold up no other connection when they close theirs', async () => {
    const { port } = await start((_request, response) => void response.end('answer'));
    const others = await Promise.all(Array.from({ length: 20 }, () => client(port)));
    const flood = await client(port);
    flood.write(get('/').repeat(2000));
    const answered = others.map((socket) => once(socket.end(get('/')), 'data'));
    for (const [chunk] of (await Promise.all(answered)) as [Buffer][]) expect(chunk.toString()).toContain('answer');
  });
});

describe('a client', () => {
  test('that takes nothing of its answer loses its connection', async () => {
    const { port, open } = await start((_request, response) => void response.end(Buffer.alloc(30_000_000)), 100);
    const socket = await client(port);
    socket.pause().write(get('/'));
    await expect.poll(open).toBe(1);
    await expect.poll(open, { timeout: 5000 }).toBe(0);
  });

  test('that takes its answer slowly gets it all', async () => {
    const bytes = 12_000_000;
    const { port } = await start((_request, response) => void response.end(Buffer.alloc(bytes)), 1000);
    const socket = await client(port);
    let received = 0;
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      socket.pause();
      setTimeout(() => socket.resume(), 8);
    });
    socket.write(get('/'));
    const from = performance.now();
    await expect.poll(() => received, { timeout: 35_000 }).toBeGreaterThan(bytes);
    expect(performance.now() - from).toBeGreaterThan(1000);
  });

  test('waits for an answer for longer than a connection may be idle', async () => {
    const { port } = await start((_request, response) => void setTimeout(() => response.end('late'), 500), 100);
    expect(await rawExchange(port, get('/'), 2000)).toContain('late');
  });

  test('that expects what there is not is told so, in its turn', async () => {
    const { port } = await start((_request, response) => void setTimeout(() => response.end('first'), 50));
    const answer = await rawExchange(port, get('/') + get('/').replace('\r\n', '\r\nexpect: x\r\n'), 1000);
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*first.*HTTP\/1\.1 417 /s);
  });
});

describe('a CONNECT behind an answer that is still due', () => {
  const behind = `${get('/')}CONNECT x:443 HTTP/1.1\r\nhost: x\r\n\r\n`;
  const due: [string, HttpServerOptions['serve']][] = [
    ['that nobody reads', (_request, response) => void response.end(Buffer.alloc(20_000_000))],
    ['that has no end', (_request, response) => void response.writeHead(200).write('x')],
  ];

  test.each(due)('holds the close of the server up no longer than allowed, one %s', async (_what, serve) => {
    const { server, port, open } = await start(serve);
    const socket = await client(port);
    socket.pause().write(behind);
    await expect.poll(open).toBe(1);
    await sleep(100);
    await closeServer(server, 50);
    expect(server.listening).toBe(false);
  });

  test.each(due)('loses its connection when the time is over, one %s', async (_what, serve) => {
    const { port, open } = await start(serve, 200);
    const socket = await client(port);
    socket.pause().write(behind);
    await sleep(100);
    expect(await open()).toBe(1);
    await expect.poll(open).toBe(0);
  });

  test('loses its connection when the client goes', async () => {
    const { port, open } = await start((_request, response) => void response.writeHead(200).write('x'));
    const socket = await client(port);
    socket.write(behind);
    await once(socket, 'data');
    socket.resetAndDestroy();
    await expect.poll(open).toBe(0);
  });
});
