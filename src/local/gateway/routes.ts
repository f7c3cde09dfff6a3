import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Queue } from '../../queue/queue.ts';
import { createIntegration, type Integration } from './integration.ts';
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
}

/** Compiles every route of the plan, by route key. */
export function compileRoutes(
  plan: Plan,
  queue: (name: string) => Queue,
  tools: { clock: Clock; log: Log },
): Map<string, GatewayRoute> {
  const authorizerOf = createAuthorizers(tools);
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
      },
    ]),
  );
}
