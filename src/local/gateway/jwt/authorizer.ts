import { type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Clock } from '../../../clock.ts';
import type { JwtPlan } from '../../../plan/plan.ts';

/** `unauthorized`: no token, or none that counts (401). `forbidden`: a good one without the scope (403). */
export type Decision = 'allowed' | 'unauthorized' | 'forbidden';

/** Decides on one request by its header lines, names and values in turn. Never rejects. */
export type Authorizer = (rawHeaders: readonly string[]) => Promise<Decision>;

/** API Gateway knows RSA keys alone; anything else, `none` and HS256 first of all, is no signature here. */
const algorithms = ['RS256', 'RS384', 'RS512'];

/**
 * The checks of an HTTP API's JWT authorizer.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 *
 * @param keys Finds the key of a token's `kid`.
 */
export function createAuthorizer(plan: JwtPlan, keys: JWTVerifyGetKey, clock: Clock): Authorizer {
  return async (rawHeaders) => {
    const token = tokenIn(rawHeaders);
    if (token === undefined) return 'unauthorized';
    try {
      const now = clock();
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        algorithms,
        issuer: plan.issuer,
        requiredClaims: ['exp'],
        currentDate: new Date(now),
      });
      if (!protectedHeader.kid || !isFor(payload, plan.audience) || isFromLater(payload, now)) return 'unauthorized';
      return hasScope(payload, plan.scopes) ? 'allowed' : 'forbidden';
    } catch {
      // Why not is the sender's business, and what was thrown may quote the token.
      return 'unauthorized';
    }
  };
}

/** The token of the one `Authorization` header, with `Bearer ` before it or without. */
function tokenIn(rawHeaders: readonly string[]): string | undefined {
  const values = rawHeaders.filter((_, index) => rawHeaders[index - 1]?.toLowerCase() === 'authorization' && index % 2);
  const [value, ...others] = values;
  // Of two one cannot tell which one API Gateway would take.
  if (value === undefined || others.length > 0) return undefined;
  return /^(?:Bearer )?([\w.-]+)$/.exec(value)?.[1];
}

/** `client_id` counts only without `aud`. */
function isFor({ aud, client_id: client }: JWTPayload, audience: readonly string[]): boolean {
  const claimed = aud === undefined ? client : aud;
  return (Array.isArray(claimed) ? claimed : [claimed]).some((each) => audience.includes(each as string));
}

/** jose looks at `exp` and `nbf`; at `iat` only together with a greatest age. */
function isFromLater({ iat }: JWTPayload, now: number): boolean {
  return iat !== undefined && !(typeof iat === 'number' && iat * 1000 <= now);
}

/** One of them is enough. */
function hasScope({ scope, scp }: JWTPayload, scopes: readonly string[]): boolean {
  if (scopes.length === 0) return true;
  const granted = new Set([scope, scp].flatMap((claim) => (typeof claim === 'string' ? claim.split(' ') : claim)));
  return scopes.some((each) => granted.has(each));
}
