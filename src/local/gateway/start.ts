import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Buckets } from '../buckets.ts';
import { closeServer } from '../http/close.ts';
import { listen } from '../http/listen.ts';
import { createHttpServer } from '../http/server.ts';
import { answers } from './answer.ts';
import { createByteBudget } from './byte-budget.ts';
import { createCors } from './cors.ts';
import { count, type GatewayCounters } from './counters.ts';
import type { GatewayQueue } from './integration.ts';
import { handleRequest, type RequestHandling } from './handle-request.ts';
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
  /** Between requests on one connection, and in which a client takes nothing of its answer. @default 60 s */
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
    routes: await compileRoutes(plan, options.queue, { clock, log }),
    counters,
    budget: createByteBudget(options.maxHeldBytes ?? 128 * 1024 * 1024),
    clock,
    cors: plan.cors && createCors(plan.cors),
  };
  let closing = false;
  const server = createHttpServer({
    // Above API Gateway's own limit, which the handler checks: that one covers values without their names.
    maxHeaderSize: 32 * 1024,
    headersTimeout: timeouts.headMs,
    requestTimeout: timeouts.requestMs,
    idleMs: timeouts.idleMs,
    connectionsCheckingInterval: Math.min(1000, timeouts.headMs),
    maxConnections: options.maxConnections ?? 2048,
    decidesOnContinue: true,
    refusalBody: (message) => ({ message }),
    onRefused: (status) => count(counters, undefined, status),
    serve(request, response) {
      if (closing) response.shouldKeepAlive = false;
      handleRequest(request, response, handling).catch((error: unknown) => {
        log.error('a request could not be answered', { error: error instanceof Error ? error.name : 'not an error' });
        if (response.headersSent) response.destroy();
        else writeAnswerAndClose(request, response, answers.internalError, '');
      });
    },
  });
  await listen(server, options.port, '--port');
  return {
    port: (server.address() as AddressInfo).port,
    counters: () => structuredClone(counters),
    acceptDurations: () => [...handling.routes.values()].map((route) => [route.source, route.acceptDuration] as const),
    close() {
      closing = true;
      return closeServer(server, closeGraceMs);
    },
  };
}
