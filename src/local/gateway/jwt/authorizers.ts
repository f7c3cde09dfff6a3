import type { JWTVerifyGetKey } from 'jose';
import type { Clock } from '../../../clock.ts';
import type { Log } from '../../../log.ts';
import type { RoutePlan } from '../../../plan/plan.ts';
import { type Authorizer, createAuthorizer } from './authorizer.ts';
import { createIssuerKeys } from './issuer-keys.ts';

/** Makes the authorizer of each route that has one; routes with the same issuer share its keys. */
export function createAuthorizers(tools: { clock: Clock; log: Log }): (route: RoutePlan) => Authorizer | undefined {
  const keysOf = new Map<string, JWTVerifyGetKey>();
  return ({ authorize }) => {
    if (!authorize) return undefined;
    const { issuer } = authorize.jwt;
    const keys = keysOf.get(issuer) ?? createIssuerKeys(issuer, tools);
    keysOf.set(issuer, keys);
    return createAuthorizer(authorize.jwt, keys, tools.clock);
  };
}
