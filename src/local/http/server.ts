import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isUnambiguous } from './ambiguity.ts';
import { refuseHttp } from './refuse.ts';
import { type Serve, takeTurns } from './turns.ts';

export interface HttpServerOptions extends Omit<ServerOptions, 'keepAliveTimeout' | 'requireHostHeader'> {
  /** Answers a request; begins when all before it on its connection are answered. */
  serve(this: void, request: IncomingMessage, response: ServerResponse): void;
  /** `serve` itself decides whether a request that expects 100 Continue gets it. @default it always does */
  decidesOnContinue?: boolean;
  /** Open connections; more are closed at once. */
  maxConnections: number;
  /** Milliseconds between requests of one connection, or in which a client takes nothing of its answer. @default 60 s */
  idleMs?: number;
  /** The JSON that says what is wrong with HTTP that `serve` does not get to see, such as "Bad Request". */
  refusalBody(this: void, message: string): object;
  /** Told the status of each such answer. */
  onRefused?(this: void, status: number): void;
}

/**
 * Node's HTTP server, with what every server of one machine needs: a request that can be read in two ways is refused, and
 * so is all that stands behind it; the requests of a connection are served one after another, as RFC 9112 (section 9.3.2)
 * wants it of those that change something; and whoever does not read his answers loses his connection.
 */
export function createHttpServer(options: HttpServerOptions): Server {
  const { serve, decidesOnContinue, maxConnections, idleMs = 60_000, refusalBody, onRefused, ...others } = options;
  // A missing Host is answered here, since turns have to know of every request.
  const server = createServer({ ...others, keepAliveTimeout: idleMs, requireHostHeader: false });
  // A limit on their number would drop headers silently; their size is limited anyway.
  server.maxHeadersCount = 0;
  server.maxConnections = maxConnections;
  const open = openSockets(server);
  const turns = takeTurns(open);

  const refuse = (socket: Socket, status: number) => {
    refuseHttp(socket, status, refusalBody);
    onRefused?.(status);
  };
  const serveUnambiguous: Serve = (request, response) => {
    if (!isUnambiguous(request)) return refuse(request.socket, 400);
    // Node drops what it has read behind one, so that the next bytes might be any part of a request.
    if (request.headers.upgrade !== undefined) response.shouldKeepAlive = false;
    serve(request, response);
  };
  const serveInTurn: Serve = (request, response) => turns.take(request, response, serveUnambiguous);
  server.on('request', serveInTurn);
  if (decidesOnContinue) server.on('checkContinue', serveInTurn);
  server.on('checkExpectation', (request, response) =>
    turns.take(request, response, ({ socket }) => refuse(socket, 417)),
  );

  const ending = new WeakSet<Socket>();
  const refuseUnread = (socket: Socket, status: number) => {
    // The parser complains again about what follows.
    if (!socket.writable || ending.has(socket)) return;
    const response = turns.newest(socket);
    if (!response || response.writableFinished || isUnread(response)) return refuse(socket, status);
    // An answer now would be taken for that of a request before, which is still due.
    ending.add(socket);
    response.once('close', () => socket.destroySoon());
  };
  server.on('clientError', (error, socket) => refuseUnread(socket as Socket, statusOf(error)));
  server.on('connect', (_request, socket) => {
    // Node has handed the connection over, and ends it no more: neither when its client goes, nor in time, nor with the others.
    socket.on('error', () => socket.destroy()).resume();
    const end = setTimeout(() => socket.destroy(), idleMs).unref();
    socket.once('close', () => clearTimeout(end));
    refuseUnread(socket as Socket, 400);
  });
  server.closeAllConnections = () => {
    for (const socket of open) socket.destroy();
  };

  server.on('timeout', (socket) => {
    const response = turns.newest(socket);
    // An answer may take its time, and before the first request other limits hold.
    if (response && (response.writableFinished || socket.writableLength > 0)) socket.destroy();
  });
  // Node watches the time between requests alone, and a timeout of the server's would be set anew with each of them.
  const watch = setInterval(() => {
    for (const socket of open) if (socket.writableLength > 0 && !socket.timeout) socket.setTimeout(idleMs);
  }, idleMs).unref();
  server.once('close', () => clearInterval(watch));
  return server;
}

function openSockets(server: Server): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return open;
}

/** Whether it is the turn of that response, and its request did not arrive whole. */
function isUnread({ socket, headersSent, req }: ServerResponse): boolean {
  return socket !== null && !headersSent && !req.complete;
}

function statusOf({ code }: NodeJS.ErrnoException): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
}
