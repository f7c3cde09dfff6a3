import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import { ApiError } from './api-error.ts';
import type { ApiContext } from './context.ts';
import type { DeliveryState } from './delivery-state.ts';
import { type Depth, readDepths } from './sources.ts';

/** `event: attempts`, whose id is for `Last-Event-ID`. */
export interface AttemptsEvent {
  /** At most 200, oldest first. */
  attempts: DeliveryState[];
  /** How many came before these and are left out: read them with `GET /api/deliveries`. */
  omitted: number;
}

/** `event: depths`: at the start, and when one changed. */
export type DepthsEvent = ({ id: string } & Depth)[];

/** No oftener than this a page is told something: it need not be told of each of some thousand attempts a second. */
const pauseMs = 200;
const depthsEveryMs = 1000;
/** After so long a browser that lost the connection tries again; by itself it would wait for three seconds or more. */
const retryMs = 1000;
/** Proxies and browsers give a silent connection up. */
const heartbeatMs = 15_000;

/**
 * `GET /api/events`: attempts and depths, live, as server-sent events. With `Last-Event-ID` it tells how many attempts
 * were missed. Who reads slowly is told of fewer, and how many are left out; nothing piles up.
 *
 * @throws ApiError 503 when too many listen
 */
export function streamEvents(c: Context, context: ApiContext, depths: DepthReader): Response {
  // Nobody would read the stream to its end, so that its listener would stay.
  if (c.req.method === 'HEAD')
    return c.body(null, 200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const known = /^\d{1,16}$/.exec(c.req.header('last-event-id') ?? '')?.[0];
  const listener = context.events.listen(known === undefined ? undefined : Number(known));
  if (!listener) throw new ApiError(503, 'too many pages and commands listen already; close some');
  const response = streamSSE(c, async (stream) => {
    stream.onAbort(() => listener.close());
    try {
      await stream.write(`retry: ${retryMs}\n\n`);
      let sentDepths = '';
      let sentAt = performance.now();
      let depthsAt = -Infinity;
      for (;;) {
        if (performance.now() - depthsAt >= depthsEveryMs) {
          depthsAt = performance.now();
          const data = await depths(context);
          if (data !== sentDepths) await stream.writeSSE({ event: 'depths', data });
          sentDepths = data;
        }
        await listener.wait(depthsEveryMs);
        // Gathered first: who is told of an attempt may ask the journal for it, which gathers for a while too.
        if (!listener.closed) await sleep(pauseMs);
        if (listener.closed) return;
        const batch = listener.take();
        if (batch) {
          const { last, ...event } = batch;
          const data = JSON.stringify(event satisfies AttemptsEvent);
          await stream.writeSSE({ event: 'attempts', id: String(last), data });
          sentAt = performance.now();
        } else if (performance.now() - sentAt >= heartbeatMs) {
          await stream.write(': still here\n\n');
          sentAt = performance.now();
        }
      }
    } finally {
      // Also where the depths could not be read: a stream that ends by itself is not aborted, and as many may listen.
      listener.close();
    }
  });
  response.headers.set('cache-control', 'no-store');
  return response;
}

/** Gives the data of a {@link DepthsEvent}. */
export type DepthReader = (context: ApiContext) => Promise<string>;

/** Reads the depths once for all who ask within a second. */
export function createDepthReader(): DepthReader {
  let readAt = -Infinity;
  let reading: Promise<string> = Promise.resolve('[]');
  return (context) => {
    const now = performance.now();
    if (now - readAt < depthsEveryMs / 2) return reading;
    readAt = now;
    reading = tellDepths(context);
    return reading;
  };
}

async function tellDepths(context: ApiContext): Promise<string> {
  const event: DepthsEvent = await Promise.all(
    context.plan.sources.map(async (source) => ({ id: source.id, ...(await readDepths(context, source)) })),
  );
  return JSON.stringify(event);
}
