import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Clock, systemClock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Buckets } from '../buckets.ts';
import { answers } from './answer.ts';
import { createByteBudget } from './byte-budget.ts';
import { answerClientError } from './client-errors.ts';
import { createCors } from './cors.ts';
import { count, type GatewayCounters } from './counters.ts';
import type { GatewayQueue } from './integration.ts';
import { handleRequest, type RequestHandling } from './handle-request.ts';
import { listen } from '../listen.ts';
import { compileRoutes } from './routes.ts';
import { writeAnswerAndClose } from './write-answer.ts';

export interface GatewayOptions {
  plan: Plan;
  /** 0 for any free one. */
  port: number;
  /** The queue of that name; asked once per source at the start. */
  queue: (name: string) => GatewayQueue;
  /** @default the system's */
  clock?: Clock;
  log: Log;
  /** Body bytes held at the same time over all connections; more is answered 503. @default 128 MiB */
  maxHeldBytes?: number;
  /** Open connections; more are closed at once. @default 2048 */
  maxConnections?: number;
  timeouts?: GatewayTimeouts;
}

/** Milliseconds. */
export interface GatewayTimeouts {
  /** From the first byte of a request to the end of its head. @default 10 s */
  headMs: number;
  /** From the first byte of a request to its last. @default 30 s */
  requestMs: number;
  /** Between requests on one connection. @default 60 s */
  idleMs: number;
}

export interface Gateway {
  readonly port: number;
  counters(): GatewayCounters;
  /** How long the requests took that were kept, by source. */
  acceptDurations(): Iterable<readonly [source: string, duration: Buckets]>;
  /** Finishes what is in flight, for 5 seconds at most, then closes every connection. */
  close(): Promise<void>;
}

const defaultTimeouts: GatewayTimeouts = { headMs: 10_000, requestMs: 30_000, idleMs: 60_000 };
const closeGraceMs = 5000;

/**
 * Serves the plan's routes on 127.0.0.1 as API Gateway's HTTP API would; what the documentation leaves open is decided
 * pessimistically and listed in docs/local-gateway.md.
 *
 * @throws HookportError `port_in_use`; `queue_not_found` from `queue`
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { plan, log, clock = systemClock, timeouts = defaultTimeouts } = options;
  const counters: GatewayCounters = {
    sources: Object.fromEntries(plan.sources.map(({ id }) => [id, { accepted: 0, refused: {} }])),
    unrouted: {},
  };
  const handling: RequestHandling = {
    routes: compileRoutes(plan, options.queue, { clock, log }),
    counters,
    budget: createByteBudget(options.maxHeldBytes ?? 128 * 1024 * 1024),
    clock,
    cors: plan.cors && createCors(plan.cors),
  };
  const current = new WeakMap<Socket, IncomingMessage>();
  let closing = false;
  const refuse = (error: Error, socket: Socket) => {
    const status = answerClientError(error, socket, current.get(socket));
    if (status !== undefined) count(counters, undefined, status);
  };
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    // Whatever stands behind a request that could be read in two ways is none.
    if (request.socket.writableEnded) return;
    if (!isUnambiguous(request)) return refuse(new Error('more than one reading'), request.socket);
    current.set(request.socket, request);
    if (closing) response.shouldKeepAlive = false;
    handleRequest(request, response, handling).catch((error: unknown) => {
      log.error('a request could not be answered', { error: error instanceof Error ? error.name : 'not an error' });
      if (response.headersSent) response.destroy();
      else writeAnswerAndClose(request, response, answers.internalError, '');
    });
  };

  const server = createServer({
    // Above API Gateway's own limit, which the handler checks: that one covers values without their names.
    maxHeaderSize: 32 * 1024,
    headersTimeout: timeouts.headMs,
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: timeouts.idleMs,
    connectionsCheckingInterval: Math.min(1000, timeouts.headMs),
  });
  // A limit on their number would drop headers silently; their size is limited anyway.
  server.maxHeadersCount = 0;
  server.maxConnections = options.maxConnections ?? 2048;
  server.on('request', serve).on('checkContinue', serve);
  server.on('clientError', (error, socket) => refuse(error, socket as Socket));
  // A CONNECT is no request to a route.
  server.on('connect', (_request, socket) => {
    answerClientError(new Error('CONNECT'), socket as Socket, undefined);
  });

  await listen(server, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    counters: () => structuredClone(counters),
    acceptDurations: () => [...handling.routes.values()].map((route) => [route.source, route.acceptDuration] as const),
    async close() {
      closing = true;
      const closed = once(server, 'close');
      server.close();
      const idle = setInterval(() => server.closeIdleConnections(), 20);
      const end = setTimeout(() => server.closeAllConnections(), closeGraceMs);
      await closed;
      clearInterval(idle);
      clearTimeout(end);
    },
  };
}

/**
 * Node reads the chunks and leaves a coding before them to others, who might not agree; and it takes a request line
 * without a version for HTTP/0.9, which has neither headers nor a body.
 */
function isUnambiguous({ headers, httpVersionMajor }: IncomingMessage): boolean {
  const coding = headers['transfer-encoding'];
  return httpVersionMajor === 1 && (coding === undefined || coding.toLowerCase() === 'chunked');
}
