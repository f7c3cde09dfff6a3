import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { Log } from '../../log.ts';
import type { SourcePlan } from '../../plan/plan.ts';
import { servePage } from '../inspector/serve-page.ts';
import { purgeDeadLetters, redriveDeadLetters, replayDelivery, setPaused } from './actions.ts';
import { tellActivity } from './activity.ts';
import { ApiError } from './api-error.ts';
import type { ApiContext } from './context.ts';
import { groupDeadLetters, listDeadLetters, showDeadLetter } from './dead-letters.ts';
import { explainDelivery, listDeliveries, showDelivery } from './deliveries.ts';
import { createDepthReader, streamEvents } from './events.ts';
import { tellGuide } from './guide.ts';
import { readJson } from './read-json.ts';
import { listSamples, sendRequest, showSample } from './send.ts';
import { findSource, listSources } from './sources.ts';

/** What the inspector's port answers: the shapes stand with the functions that make them, and in docs/inspector.md. */
export function createRoutes(context: ApiContext, log: Log): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const depths = createDepthReader();

  app.use(secureHeaders({ strictTransportSecurity: false, contentSecurityPolicy, referrerPolicy: 'no-referrer' }));
  app.use(async (c, next) => {
    if (!isDecodable(c.req.url)) throw new ApiError(400, 'the path is not percent-encoded UTF-8');
    await next();
  });

  app.get('/api/sources', async (c) => answer(c, await listSources(context)));
  app.get('/api/sources/:id/guide', async (c) => answer(c, await tellGuide(context, sourceOf(context, c))));
  app.get('/api/sources/:id/samples', async (c) => answer(c, await listSamples(context, sourceOf(context, c))));
  app.get('/api/sources/:id/samples/:place', async (c) =>
    answer(c, await showSample(context, sourceOf(context, c), c.req.param('place'))),
  );
  app.post('/api/sources/:id/pause', async (c) => answer(c, await setPaused(context, c.req.param('id'), true)));
  app.post('/api/sources/:id/resume', async (c) => answer(c, await setPaused(context, c.req.param('id'), false)));
  app.get('/metrics', async (c) =>
    c.body(await context.metrics.text(), 200, {
      'content-type': context.metrics.contentType,
      'cache-control': 'no-store',
    }),
  );
  app.get('/api/activity', async (c) => answer(c, await tellActivity(context)));
  app.get('/api/deliveries', async (c) => {
    const { deliveries, headers } = await listDeliveries(context, queryOf(c));
    return answer(c, deliveries, 200, headers);
  });
  app.get('/api/deliveries/:id', async (c) => answer(c, await showDelivery(context, c.req.param('id'))));
  app.get('/api/deliveries/:id/verification', async (c) =>
    answer(c, await explainDelivery(context, c.req.param('id'))),
  );
  app.get('/api/dead-letters', async (c) => answer(c, await listDeadLetters(context, queryOf(c))));
  app.get('/api/dead-letters/groups', async (c) => answer(c, await groupDeadLetters(context, queryOf(c))));
  app.get('/api/dead-letters/:id', async (c) =>
    answer(c, await showDeadLetter(context, c.req.param('id'), queryOf(c))),
  );
  app.get('/api/events', (c) => streamEvents(c, context, depths));
  app.post('/api/redrive', async (c) => answer(c, await redriveDeadLetters(context, await readJson(c.env))));
  app.post('/api/dead-letters/purge', async (c) => answer(c, await purgeDeadLetters(context, await readJson(c.env))));
  app.post('/api/replay', async (c) => answer(c, await replayDelivery(context, await readJson(c.env))));

  app.post('/api/send', async (c) => answer(c, await sendRequest(context, await readJson(c.env))));

  servePage(app);

  const known = app.routes
    .filter(({ path }) => path.startsWith('/api/'))
    .map(({ method, path }) => `${method} ${path}`);
  app.notFound((c) => {
    const error = `there is no ${c.req.method} ${c.req.path}; there are ${[...new Set(known)].join(', ')}`;
    return answer(c, { error }, 404);
  });
  app.onError((error, c) => {
    if (error instanceof ApiError) return answer(c, { error: error.message }, error.status);
    log.error('the API could not answer', { path: c.req.path, error: String(error) });
    return answer(c, { error: 'internal error; the log of the platform says more' }, 500);
  });
  return app;
}

/** Nothing but what this port itself serves, and nothing inline: what a payload holds is never run. */
const contentSecurityPolicy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  manifestSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

function queryOf(c: Context): URLSearchParams {
  return new URL(c.req.url).searchParams;
}

function sourceOf(context: ApiContext, c: Context): SourcePlan {
  return findSource(context, c.req.param('id'));
}

function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(new URL(url).pathname);
    return true;
  } catch {
    return false;
  }
}

function answer(c: Context, value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return c.body(`${JSON.stringify(value)}\n`, status as 200, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...headers,
  });
}
