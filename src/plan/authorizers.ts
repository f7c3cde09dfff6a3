import type { JwtPlan, SourcePlan } from './plan.ts';

/** What an authorizer is made of: sources that agree on it share one, since scopes belong to the route. */
export interface AuthorizerPlan {
  issuer: string;
  /** In alphabetical order, each once. */
  audience: readonly string[];
}

/** The authorizer that a route's tokens are checked by. */
export function authorizerOf({ issuer, audience }: JwtPlan): AuthorizerPlan {
  return { issuer, audience: [...new Set(audience)].toSorted() };
}

/** Tells authorizers apart. */
export function authorizerKey(authorizer: AuthorizerPlan): string {
  return JSON.stringify([authorizer.issuer, authorizer.audience]);
}

/** Every authorizer that the sources need, each once. */
export function authorizersOf(sources: readonly SourcePlan[]): AuthorizerPlan[] {
  const all = sources.flatMap(({ route }) => (route.authorize ? [authorizerOf(route.authorize.jwt)] : []));
  return [...new Map(all.map((each) => [authorizerKey(each), each])).values()];
}
