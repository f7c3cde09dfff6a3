import type { Outcome } from '../../delivery/outcome.ts';
import { backoffSeconds } from '../backoff.ts';

/**
 * Of no use to try again: the endpoint is gone for good, or it refuses what this delivery is. Everything else may
 * change: 400, 401 and 403 answer a wrong secret, 404 a receiver that is being deployed.
 */
const refusals: ReadonlySet<number> = new Set([410, 413, 415, 422]);

/**
 * What an answer comes to: 2xx is handled, a few are refusals for good, and anything else is tried again, a redirect
 * too, since it would lead the delivery elsewhere.
 *
 * @param attempt 1 at the first: `Retry-After` makes the next delay longer, never shorter.
 */
export function outcomeOfAnswer(
  { status, retryAfter }: { status: number; retryAfter: string | null },
  { attempt, now }: { attempt: number; now: number },
): Outcome {
  if (status >= 200 && status < 300) return { kind: 'handled' };
  const detail = `the endpoint of the forward answered ${status}`;
  if (refusals.has(status)) return { kind: 'rejected', reason: 'forward_refused', detail };
  const asked = retryAfter === null ? undefined : retryAfterSeconds(retryAfter, now);
  const isLater = asked !== undefined && asked > backoffSeconds(attempt, () => 1);
  return {
    kind: 'failed',
    reason: 'forward_failed',
    detail: status >= 300 && status < 400 ? `${detail}; redirects are not followed` : detail,
    ...(isLater && { retryAfterSeconds: asked }),
  };
}

/** Seconds, or a date: RFC 9110 section 10.2.3. */
function retryAfterSeconds(text: string, now: number): number | undefined {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.ceil((date - now) / 1000);
}
