import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { HookportError } from '../../../src/errors.ts';
import { closed, gateway, githubHeaders, memoryQueue, post, sourcePlan } from './harness.ts';

describe('routing', () => {
  test.each([
    ['POST', '/'],
    ['POST', '/github/'],
    ['POST', '/GitHub'],
    ['POST', '//github'],
    ['POST', '/gith%75b'],
    ['POST', '/github;a'],
    ['POST', '/ping'],
    ['GET', '/github'],
    ['PUT', '/github'],
    ['OPTIONS', '/github'],
    ['DELETE', '/__proto__'],
  ])('answers 404 to %s %s', async (method, path) => {
    const { raw, counters } = await gateway();
    const answer = await raw(
      `${method} ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).toContain('\r\n\r\n{"message":"Not Found"}');
    expect(counters().unrouted).toEqual({ 404: 1 });
  });

  test('answers 404 without a body to HEAD', async () => {
    const { raw } = await gateway();
    expect(await raw('HEAD /github HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 404 .*\r\n\r\n$/s,
    );
  });

  test('keeps the connection after a refusal whose body was not read', async () => {
    const { raw, kept } = await gateway();
    const answer = await raw(
      'POST /nope HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n12345' + post('/github', {}, '{}').toString('latin1'),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 404 .*HTTP\/1\.1 200 /s);
    expect(kept).toHaveLength(1);
  });
});

describe('limits', () => {
  const limit = 10_240;
  const line = 'POST /github HTTP/1.1';
  const head = (filler: number, name = 'x-filler') =>
    `${line}\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n${name}: ${'a'.repeat(filler)}\r\n\r\n{}`;
  const counted = line.length + 'x'.length + 'close'.length + '2'.length;

  test('takes a request line and header values of 10,240 bytes, not counting names', async () => {
    const { raw } = await gateway();
    expect(await raw(head(limit - counted, `x-${'n'.repeat(2000)}`))).toMatch(/^HTTP\/1\.1 200 /);
  });

  test.each([limit + 1 - counted, 20_000, 60_000, 2_000_000])('answers 431 to a header of %i bytes', async (filler) => {
    const { raw } = await gateway();
    expect(await raw(head(filler))).toMatch(/^HTTP\/1\.1 431 .*Request Header Fields Too Large/s);
  });

  test('answers 413 to an announced body over 10 MB without reading it, also to one that waits for 100 Continue', async () => {
    const { port, kept } = await gateway();
    for (const expect100 of ['', 'expect: 100-continue\r\n']) {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.write(`POST /github HTTP/1.1\r\nhost: x\r\n${expect100}content-length: ${10 * 1024 * 1024 + 1}\r\n\r\n`);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 .*\{"message":"Request Entity Too Large"\}/s);
      socket.destroy();
    }
    expect(kept).toEqual([]);
  });

  test('answers 413 to a client that is still sending a chunked body without end, and cuts it off (CVE-2024-40634 of Argo CD, CVE-2026-40481)', async () => {
    const { port, counters } = await gateway();
    const socket = connect({ port, host: '127.0.0.1' });
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    socket.write('POST /github HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000, 97), Buffer.from('\r\n')]);
    const pump = () => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on('drain', pump);
    const end = closed(socket);
    pump();
    await end;
    expect(Buffer.concat(received).toString()).toMatch(/^HTTP\/1\.1 413 /);
    expect(counters().sources['github']?.refused).toEqual({ 413: 1 });
  });

  test('answers 503 while bodies of other requests fill the memory that is set apart, and recovers', async () => {
    const { port, url, counters } = await gateway({ maxHeldBytes: 1000 });
    const slow = connect({ port, host: '127.0.0.1' });
    slow.write(`POST /github HTTP/1.1\r\nhost: x\r\ncontent-length: 901\r\n\r\n${'a'.repeat(900)}`);
    const send = async () => (await fetch(`${url}/github`, { method: 'POST', body: 'b'.repeat(200) })).status;
    await expect.poll(send).toBe(503);
    slow.write('a');
    await once(slow, 'data');
    expect(await send()).toBe(200);
    slow.write(`POST /github HTTP/1.1\r\nhost: x\r\ncontent-length: 901\r\n\r\n${'a'.repeat(900)}`);
    await expect.poll(send).toBe(503);
    slow.destroy();
    await expect.poll(send).toBe(200);
    expect(counters().sources['github']?.refused[503]).toBeGreaterThanOrEqual(2);
  });

  test('closes connections beyond the cap', async () => {
    const { port } = await gateway({ maxConnections: 1 });
    const first = connect({ port, host: '127.0.0.1' });
    await once(first, 'connect');
    await closed(connect({ port, host: '127.0.0.1' }));
    expect(first.destroyed).toBe(false);
    first.destroy();
  });

  test('answers 429 beyond the throttle of one source and leaves the others alone', async () => {
    const { url, counters } = await gateway({
      sources: [sourcePlan('github', githubHeaders, { throttle: { rate: 1, burst: 2 } }), sourcePlan('paddle', [])],
    });
    const statuses = [];
    let last = '';
    for (let n = 0; n < 4; n += 1) {
      const response = await fetch(`${url}/github`, { method: 'POST', body: '{}' });
      statuses.push(response.status);
      last = await response.text();
    }
    expect(statuses).toEqual([200, 200, 429, 429]);
    expect(last).toBe('{"message":"Too Many Requests"}');
    expect((await fetch(`${url}/paddle`, { method: 'POST', body: '{}' })).status).toBe(200);
    expect(counters()).toEqual({
      sources: { github: { accepted: 2, refused: { 429: 2 } }, paddle: { accepted: 1, refused: {} } },
      unrouted: {},
    });
  });
});

describe('malformed HTTP', () => {
  const chunked = 'POST /github HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n';
  test.each([
    ['bytes that are no HTTP', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000'],
    ['an empty header name', 'POST /github HTTP/1.1\r\nhost: x\r\n: v\r\n\r\n'],
    ['a space before the colon', 'POST /github HTTP/1.1\r\nhost: x\r\nx-a : v\r\n\r\n'],
    ['a control character in a header', 'POST /github HTTP/1.1\r\nhost: x\r\nx-a: \u0001\r\n\r\n'],
    ['a folded header', 'POST /github HTTP/1.1\r\nhost: x\r\nx-a: 1\r\n 2\r\n\r\n'],
    ['a bare line feed in a header', 'POST /github HTTP/1.1\r\nhost: x\r\nx-a: 1\nx-github-event: 2\r\n\r\n'],
    ['no Host', 'POST /github HTTP/1.1\r\n\r\n'],
    ['two lengths', 'POST /github HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    ['a length that is no number', 'POST /github HTTP/1.1\r\nhost: x\r\ncontent-length: 1x\r\n\r\na'],
    ['a negative length', 'POST /github HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\na'],
    ['a length beside chunks', chunked.replace('\r\n\r\n', '\r\ncontent-length: 5\r\n\r\n0\r\n\r\n')],
    ['a chunk size that is no number', `${chunked}zz\r\nab\r\n`],
    ['a chunk that is longer than it says', `${chunked}1\r\nab\r\n0\r\n\r\n`],
    ['a transfer coding that is not chunked', 'POST /github HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\n\r\n'],
    ['another transfer coding before chunked', `${chunked.replace('chunked', 'xchunked, chunked')}1\r\na\r\n0\r\n\r\n`],
    [
      'a second transfer coding in a line of its own, and a request behind it',
      `${chunked.replace('transfer', 'transfer-encoding: xchunked\r\ntransfer')}1\r\na\r\n0\r\n\r\n${chunked}1\r\na\r\n0\r\n\r\n`,
    ],
    ['HTTP/2 without an agreement', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['an unknown version', 'POST /github HTTP/9.9\r\nhost: x\r\n\r\n'],
    ['no version', 'POST /github\nhost: x\r\ncontent-length: 1\r\n\r\na'],
    ['CONNECT', 'CONNECT example.com:443 HTTP/1.1\r\nhost: x\r\n\r\n'],
  ])('is answered 400: %s', async (_what, text) => {
    const { raw, kept, url } = await gateway();
    expect(await raw(Buffer.from(text, 'latin1'))).toMatch(/^HTTP\/1\.1 400 /);
    expect(kept).toEqual([]);
    // It still serves.
    expect((await fetch(`${url}/github`, { method: 'POST', body: '{}' })).status).toBe(200);
  });

  test('keeps nothing of a body that ends before its length', async () => {
    const { port, kept, url } = await gateway();
    const socket = connect({ port, host: '127.0.0.1' });
    socket.end('POST /github HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nshort');
    await closed(socket.resume());
    expect(kept).toEqual([]);
    expect((await fetch(`${url}/github`, { method: 'POST', body: '{}' })).status).toBe(200);
  });

  test('behind a request that waits for its queue is not answered in its place', async () => {
    let send = () => {};
    const sent = new Promise<void>((resolve) => (send = resolve));
    let asked = () => {};
    const wasAsked = new Promise<void>((resolve) => (asked = resolve));
    const { raw } = await gateway({
      queue: (name) => {
        const queue = memoryQueue(name, []);
        return { ...queue, send: (message) => (asked(), sent.then(() => queue.send(message))) };
      },
    });
    const answer = raw('POST /github HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}garbage\r\n\r\n');
    await wasAsked;
    send();
    expect(await answer).not.toContain(' 400 ');
  });
});

describe('slow clients', () => {
  const timeouts = { headMs: 60, requestMs: 120, idleMs: 60 };

  test.each([
    ['head', 'POST /github HTTP/1.1\r\nhost:'],
    ['body', 'POST /github HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc'],
  ])('are answered 408 when their %s does not come', async (_what, text) => {
    const { raw, kept } = await gateway({ timeouts });
    expect(await raw(text)).toMatch(/^HTTP\/1\.1 408 /);
    expect(kept).toEqual([]);
  });

  test('lose their connection when they do not read their answers, so that they cannot use all of them up', async () => {
    const { port, raw } = await gateway({ timeouts, maxConnections: 1 });
    const socket = connect({ port, host: '127.0.0.1' }).pause();
    socket.on('error', () => undefined);
    // More answers than the system's buffers hold.
    const request = 'GET /nothing HTTP/1.1\r\nhost: x\r\n\r\n';
    socket.write(request.repeat(50_000));
    await vi.waitFor(
      async () => expect(await raw('GET /nothing HTTP/1.1\r\nhost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 404 /),
      { timeout: 4000, interval: 50 },
    );
    socket.destroy();
  });

  test('lose an idle connection', async () => {
    const { raw } = await gateway({ timeouts });
    expect(await raw('POST /github HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}')).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('starting and stopping', () => {
  test('refuses a port that is taken', async () => {
    const { port } = await gateway();
    await expect(gateway({ port })).rejects.toMatchObject({
      code: 'port_in_use',
      message: `port ${port} is in use by another program; choose another with --port`,
    });
  });

  test('refuses a plan whose queue does not exist', async () => {
    const queue = (): never => {
      throw new HookportError('queue_not_found', 'no queue');
    };
    await expect(gateway({ queue })).rejects.toThrow(expect.objectContaining({ code: 'queue_not_found' }));
  });

  test('finishes what is in flight before it closes, and takes nothing new', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    let asked = () => {};
    const wasAsked = new Promise<void>((resolve) => (asked = resolve));
    const { url, close } = await gateway({
      queue: (name) => {
        const queue = memoryQueue(name, []);
        return { ...queue, send: (message) => (asked(), gate.then(() => queue.send(message))) };
      },
    });
    const inFlight = fetch(`${url}/github`, { method: 'POST', body: '{}' });
    await wasAsked;
    const closed = close();
    await expect(fetch(`${url}/github`, { method: 'POST', body: '{}' })).rejects.toThrow('fetch failed');
    release();
    expect((await inFlight).status).toBe(200);
    await closed;
  });
});

describe('CORS', () => {
  const cors = {
    allowOrigins: ['https://app.example.com'],
    allowMethods: ['POST'],
    allowHeaders: ['authorization', 'content-type'],
    maxAgeSeconds: 300,
  };
  const preflight = (url: string, origin: string) =>
    fetch(`${url}/github`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });

  test('answers the preflight of an allowed origin', async () => {
    const { url } = await gateway({ cors });
    const response = await preflight(url, 'https://app.example.com');
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': 'https://app.example.com',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'authorization,content-type',
      'access-control-max-age': '300',
      vary: 'origin',
    });
  });

  test('gives another origin no CORS headers', async () => {
    const { url } = await gateway({ cors });
    const response = await preflight(url, 'https://app.example.com.evil.test');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('adds the origin to answers, refusals included', async () => {
    const { url } = await gateway({ cors });
    for (const path of ['github', 'nope']) {
      const headers = { origin: 'https://app.example.com' };
      const response = await fetch(`${url}/${path}`, { method: 'POST', headers, body: '{}' });
      expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    }
  });

  test('allows credentials where the plan does, in the preflight and in answers', async () => {
    const { url } = await gateway({ cors: { ...cors, allowCredentials: true } });
    const asked = await preflight(url, 'https://app.example.com');
    expect(asked.headers.get('access-control-allow-credentials')).toBe('true');
    const headers = { origin: 'https://app.example.com' };
    const answered = await fetch(`${url}/github`, { method: 'POST', headers, body: '{}' });
    expect(answered.headers.get('access-control-allow-credentials')).toBe('true');
    expect((await preflight(url, 'https://evil.test')).headers.get('access-control-allow-credentials')).toBeNull();
    const { url: without } = await gateway({ cors });
    const plain = await preflight(without, 'https://app.example.com');
    expect(plain.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test('takes a wildcard of a scheme', async () => {
    const { url } = await gateway({ cors: { ...cors, allowOrigins: ['https://*'] } });
    const allowed = async (origin: string) => (await preflight(url, origin)).headers.get('access-control-allow-origin');
    expect(await allowed('https://any.test')).toBe('https://any.test');
    expect(await allowed('http://any.test')).toBeNull();
  });
});
