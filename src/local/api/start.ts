import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../../log.ts';
import { listen } from '../listen.ts';
import { ApiError } from './api-error.ts';
import type { ApiContext } from './context.ts';
import { listDeadLetters, showDeadLetter } from './dead-letters.ts';
import { listDeliveries, showDelivery } from './deliveries.ts';
import { refusalOf } from './guard.ts';
import { redriveDeadLetters } from './redrive.ts';
import { listSources } from './sources.ts';

export interface Api {
  readonly port: number;
  /** Finishes what is in flight, for 2 seconds at most. */
  close(): Promise<void>;
}

type Route = (context: ApiContext, request: IncomingMessage, query: URLSearchParams) => Promise<unknown>;

const routes: Readonly<Record<string, Route>> = {
  'GET /api/sources': (context) => listSources(context),
  'GET /api/deliveries': (context, _request, query) => listDeliveries(context, query),
  'GET /api/dead-letters': (context, _request, query) => listDeadLetters(context, query),
  'POST /api/redrive': (context, request) => redriveDeadLetters(context, request),
};

/** Followed by an id: the endpoint's, the message's or the provider's. */
const oneDelivery = 'GET /api/deliveries/';
/** The same, of a source's dead-letter queue. */
const oneDeadLetter = 'GET /api/dead-letters/';

const closeGraceMs = 2000;

/**
 * The JSON API of one machine, on 127.0.0.1 for this machine alone.
 *
 * @throws HookportError `port_in_use`
 */
export async function startApi({ port, log, ...context }: ApiContext & { port: number; log: Log }): Promise<Api> {
  const server = createServer((request, response) => {
    answerRequest(context, request, bound.port).then(
      (value) => answer(response, 200, value),
      (error: unknown) => {
        if (!request.complete) response.shouldKeepAlive = false;
        if (error instanceof ApiError) return answer(response, error.status, { error: error.message });
        log.error('the API could not answer', { path: request.url?.split('?')[0], error: String(error) });
        return answer(response, 500, { error: 'internal error; the log of the platform says more' });
      },
    );
  });
  await listen(server, port);
  const bound = server.address() as AddressInfo;
  return {
    port: bound.port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const end = setTimeout(() => server.closeAllConnections(), closeGraceMs);
      await closed;
      clearTimeout(end);
    },
  };
}

async function answerRequest(context: ApiContext, request: IncomingMessage, port: number): Promise<unknown> {
  const refusal = refusalOf(request, port);
  if (refusal !== undefined) throw new ApiError(403, refusal);
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  const key = `${request.method} ${path}`;
  if (key.startsWith(oneDelivery)) return showDelivery(context, decodeId(key.slice(oneDelivery.length)));
  if (key.startsWith(oneDeadLetter))
    return showDeadLetter(context, decodeId(key.slice(oneDeadLetter.length)), new URLSearchParams(query));
  const route = Object.hasOwn(routes, key) ? routes[key] : undefined;
  if (!route)
    throw new ApiError(404, `there is no ${key}; there are ${Object.keys(routes).join(', ')} and ${oneDelivery}<id>`);
  return route(context, request, new URLSearchParams(query));
}

function decodeId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ApiError(400, 'the id is not percent-encoded UTF-8');
  }
}

function answer(response: ServerResponse, status: number, value: unknown): void {
  if (response.headersSent || response.destroyed) return;
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    .end(`${JSON.stringify(value)}\n`);
}
