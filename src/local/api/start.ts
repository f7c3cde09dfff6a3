import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Log } from '../../log.ts';
import { listen } from '../listen.ts';
import type { ApiContext } from './context.ts';
import { refusalOf } from './guard.ts';
import { createRoutes } from './routes.ts';

export interface Api {
  readonly port: number;
  /** Finishes what is in flight, for 2 seconds at most. */
  close(): Promise<void>;
}

const closeGraceMs = 2000;

/** More are closed at once: a few pages and commands need no more, and each open one takes memory. */
const maxConnections = 256;

/**
 * The JSON API of one machine and its inspector page, on 127.0.0.1 for this machine alone.
 *
 * @throws HookportError `port_in_use`
 */
export async function startApi({ port, log, ...context }: ApiContext & { port: number; log: Log }): Promise<Api> {
  // Objects of the platform's own stay as they are: other parts of the process use them too.
  const handle = getRequestListener(createRoutes(context, log).fetch, { overrideGlobalObjects: false });
  const server = createServer((request, response) => {
    // Before anything else reads the request.
    const refusal = refusalOf(request, bound.port);
    if (refusal === undefined) void handle(request, response);
    else refuse(response, refusal);
  });
  server.maxConnections = maxConnections;
  await listen(server, port);
  const bound = server.address() as AddressInfo;
  return {
    port: bound.port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      context.events.close();
      // Again and again: a connection whose answer ends meanwhile would be kept alive.
      const idle = setInterval(() => server.closeIdleConnections(), 20);
      const end = setTimeout(() => server.closeAllConnections(), closeGraceMs);
      await closed;
      clearInterval(idle);
      clearTimeout(end);
    },
  };
}

function refuse(response: ServerResponse, error: string): void {
  response.shouldKeepAlive = false;
  response
    .writeHead(403, {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    .end(`${JSON.stringify({ error })}\n`);
}
