import type { CorsPlan } from '../../plan/plan.ts';

/** Header names and values in turn. */
type HeaderPairs = readonly string[];

export interface Cors {
  /** Headers for the 204 that answers a preflight. */
  preflight(origin: string): HeaderPairs;
  /** Headers added to every other answer to a request from another origin. */
  actual(origin: string): HeaderPairs;
}

/**
 * An HTTP API's CORS: a preflight is answered by API Gateway itself, also where there is no OPTIONS route; an origin
 * that is not allowed gets the answer without CORS headers, and the browser refuses it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export function createCors(plan: CorsPlan): Cors {
  const allow = (origin: string): string[] => {
    if (plan.allowOrigins.includes('*')) return ['access-control-allow-origin', '*'];
    const allowed = plan.allowOrigins.some(
      (entry) => entry === origin || (/^https?:\/\/\*$/.test(entry) && origin.startsWith(entry.slice(0, -1))),
    );
    if (!allowed) return [];
    const credentials = plan.allowCredentials ? ['access-control-allow-credentials', 'true'] : [];
    return ['access-control-allow-origin', origin, 'vary', 'origin', ...credentials];
  };
  return {
    preflight(origin) {
      const headers = allow(origin);
      if (headers.length === 0) return headers;
      headers.push('access-control-allow-methods', plan.allowMethods.join(','));
      if (plan.allowHeaders.length > 0) headers.push('access-control-allow-headers', plan.allowHeaders.join(','));
      if (plan.maxAgeSeconds !== undefined) headers.push('access-control-max-age', String(plan.maxAgeSeconds));
      return headers;
    },
    actual: allow,
  };
}
