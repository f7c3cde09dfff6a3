import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { Plan } from '../../plan/plan.ts';
import { type Buckets, createBuckets } from '../buckets.ts';
import { createIntegration, type GatewayQueue, type Integration } from './integration.ts';
import type { Authorizer } from './jwt/authorizer.ts';
import { createAuthorizers } from './jwt/authorizers.ts';
import { createTokenBucket } from './token-bucket.ts';

/** One source's endpoint, ready to serve. */
export interface GatewayRoute {
  source: string;
  /** Such as `POST /github`. */
  key: string;
  maxMessageBytes: number;
  /** Whether the throttle lets one more request through. */
  takeToken(): boolean;
  /** Undefined where everybody may post. */
  authorize: Authorizer | undefined;
  integrate: Integration;
  /** How long the requests took that were kept. */
  acceptDuration: Buckets;
}

/** Seconds; a durable accept takes a few milliseconds. */
const acceptBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Compiles every route of the plan, by route key. */
export async function compileRoutes(
  plan: Plan,
  queue: (name: string) => GatewayQueue,
  tools: { clock: Clock; log: Log },
): Promise<Map<string, GatewayRoute>> {
  const authorizerOf = await createAuthorizers(
    plan.sources.map(({ route }) => route),
    tools,
  );
  return new Map(
    plan.sources.map(({ id, route, queue: { name, maxMessageBytes } }) => [
      route.key,
      {
        source: id,
        key: route.key,
        maxMessageBytes,
        takeToken: createTokenBucket(route.throttle, tools.clock),
        authorize: authorizerOf(route),
        integrate: createIntegration(route, queue(name), tools),
        acceptDuration: createBuckets(acceptBounds),
      },
    ]),
  );
}
