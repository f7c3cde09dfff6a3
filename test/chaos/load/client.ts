import { createHmac } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export interface Answer {
  /** 0 when the connection broke. */
  status: number;
  /** From when it was due, so that waiting for a free connection counts. */
  milliseconds: number;
}

/** Keep-alive connections, one request at a time on each. It looks at the status alone, so that it measures the platform and not itself. */
export interface LoadClient {
  /** @param dueAt by `performance.now()` */
  post(request: Buffer, dueAt: number): Promise<Answer>;
  close(): void;
}

interface Waiting {
  request: Buffer;
  dueAt: number;
  resolve: (answer: Answer) => void;
}

export function createLoadClient(gateway: string, connections: number): LoadClient {
  const { hostname, port } = new URL(gateway);
  const waiting: Waiting[] = [];
  const free: Socket[] = [];
  const all = new Set<Socket>();
  const busy = new Map<Socket, Waiting & { received: string }>();

  const next = (socket: Socket) => {
    const one = waiting.shift();
    if (!one) return void free.push(socket);
    busy.set(socket, { ...one, received: '' });
    socket.write(one.request);
  };
  const answered = (socket: Socket, status: number) => {
    const one = busy.get(socket);
    busy.delete(socket);
    one?.resolve({ status, milliseconds: performance.now() - one.dueAt });
  };
  const open = () => {
    const socket = connect({ port: Number(port), host: hostname, noDelay: true });
    all.add(socket);
    socket.on('connect', () => next(socket));
    socket.on('data', (chunk: Buffer) => {
      const one = busy.get(socket);
      if (!one) return;
      one.received += chunk.toString('latin1');
      const head = one.received.indexOf('\r\n\r\n');
      if (head === -1) return;
      const length = /\r\ncontent-length: (\d+)/i.exec(one.received);
      if (one.received.length < head + 4 + Number(length?.[1] ?? 0)) return;
      answered(socket, Number(one.received.slice(9, 12)));
      next(socket);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      answered(socket, 0);
      all.delete(socket);
      const index = free.indexOf(socket);
      if (index !== -1) free.splice(index, 1);
      // A server may close what it likes; a client opens another, unless nobody listens.
      if (waiting.length > 0 && !closed) open();
    });
  };
  let closed = false;
  for (let index = 0; index < connections; index++) open();

  return {
    post: (request, dueAt) =>
      new Promise((resolve) => {
        waiting.push({ request, dueAt, resolve });
        const socket = free.pop();
        if (socket) next(socket);
        else if (all.size < connections) open();
      }),
    close() {
      closed = true;
      for (const socket of all) socket.destroy();
    },
  };
}

export interface GithubPost {
  path: string;
  id: string;
  /** Signs it. */
  secret: string;
  bodyBytes: number;
}

/** A whole HTTP request as GitHub sends one, signed by its documented formula. */
export function githubRequest({ path, id, secret, bodyBytes }: GithubPost): Buffer {
  const start = `{"id":"${id}","padding":"`;
  const body = `${start}${'x'.repeat(Math.max(0, bodyBytes - start.length - 2))}"}`;
  return Buffer.from(
    [
      `POST ${path} HTTP/1.1`,
      'Host: 127.0.0.1',
      'User-Agent: GitHub-Hookshot/044aadd',
      'Content-Type: application/json',
      'X-GitHub-Event: push',
      `X-GitHub-Delivery: ${id}`,
      'X-GitHub-Hook-ID: 292430182',
      `X-Hub-Signature-256: sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n'),
    'latin1',
  );
}
