import type { JWTVerifyGetKey } from 'jose';
import type { Clock } from '../../../clock.ts';
import type { Log } from '../../../log.ts';
import type { RoutePlan } from '../../../plan/plan.ts';
import type { Authorizer } from './authorizer.ts';

/**
 * Makes the authorizer of each route that has one; routes with the same issuer share its keys. What checks tokens is loaded only
 * where a route asks for it, since it would be 50 ms of every start; and then before any request: an upgrade takes the packages
 * away for a while under a platform that runs, and what could not be loaded once Node does not try to load again.
 */
export async function createAuthorizers(
  routes: readonly RoutePlan[],
  tools: { clock: Clock; log: Log },
): Promise<(route: RoutePlan) => Authorizer | undefined> {
  if (routes.every(({ authorize }) => authorize === undefined)) return () => undefined;
  const [{ createAuthorizer }, { createIssuerKeys }] = await Promise.all([
    import('./authorizer.ts'),
    import('./issuer-keys.ts'),
  ]);
  const keysOf = new Map<string, JWTVerifyGetKey>();
  return ({ authorize }) => {
    if (!authorize) return undefined;
    const { jwt } = authorize;
    const keys = keysOf.get(jwt.issuer) ?? createIssuerKeys(jwt.issuer, tools);
    keysOf.set(jwt.issuer, keys);
    return createAuthorizer(jwt, keys, tools.clock);
  };
}
