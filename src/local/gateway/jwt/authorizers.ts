import type { JWTVerifyGetKey } from 'jose';
import type { Clock } from '../../../clock.ts';
import type { Log } from '../../../log.ts';
import type { JwtPlan, RoutePlan } from '../../../plan/plan.ts';
import type { Authorizer } from './authorizer.ts';

/**
 * Makes the authorizer of each route that has one; routes with the same issuer share its keys. What checks tokens is
 * loaded with the first request that needs it: it would be 50 ms of every start.
 */
export function createAuthorizers(tools: { clock: Clock; log: Log }): (route: RoutePlan) => Authorizer | undefined {
  const keysOf = new Map<string, JWTVerifyGetKey>();
  const make = async (jwt: JwtPlan): Promise<Authorizer> => {
    const [{ createAuthorizer }, { createIssuerKeys }] = await Promise.all([
      import('./authorizer.ts'),
      import('./issuer-keys.ts'),
    ]);
    const keys = keysOf.get(jwt.issuer) ?? createIssuerKeys(jwt.issuer, tools);
    keysOf.set(jwt.issuer, keys);
    return createAuthorizer(jwt, keys, tools.clock);
  };
  return ({ authorize }) => {
    if (!authorize) return undefined;
    let made: Promise<Authorizer> | undefined;
    return async (rawHeaders) => {
      const decide = await (made ??= make(authorize.jwt));
      return decide(rawHeaders);
    };
  };
}
