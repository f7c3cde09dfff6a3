import type { SourcePlan } from '../plan/plan.ts';

/** Who may post to a source, beside whatever its provider signs; undefined where that is all. */
export function describeEntrance({ route, unsigned }: SourcePlan): string | undefined {
  const jwt = route.authorize?.jwt;
  if (!jwt) return unsigned ? 'anyone may post, and nothing is verified' : undefined;
  const scopes = jwt.scopes.length === 0 ? '' : `, with a scope of ${jwt.scopes.join(', ')}`;
  return `tokens of ${jwt.issuer} for ${jwt.audience.join(', ')}${scopes}`;
}
