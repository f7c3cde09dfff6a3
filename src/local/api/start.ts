import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Log } from '../../log.ts';
import { closeServer } from '../http/close.ts';
import { listen } from '../http/listen.ts';
import { createHttpServer } from '../http/server.ts';
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
  const server = createHttpServer({
    maxConnections,
    refusalBody: (error) => ({ error }),
    serve(request, response) {
      // Before anything else reads the request.
      const refusal = refusalOf(request, bound.port);
      if (refusal === undefined) void handle(request, response);
      else refuse(response, refusal);
    },
  });
  await listen(server, port, '--inspector-port');
  const bound = server.address() as AddressInfo;
  return {
    port: bound.port,
    close() {
      const closed = closeServer(server, closeGraceMs);
      context.events.close();
      return closed;
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
