import type { Clock } from '../../clock.ts';

/**
 * A route's throttle, as API Gateway has it: `burst` requests at once, `rate` per second after that.
 *
 * @returns a function that takes one token and tells whether there was one
 */
export function createTokenBucket({ rate, burst }: { rate: number; burst: number }, clock: Clock): () => boolean {
  let tokens = burst;
  let refilledAt = clock();
  return () => {
    const now = clock();
    // A clock that was set back refills nothing.
    tokens = Math.min(burst, tokens + (Math.max(0, now - refilledAt) * rate) / 1000);
    refilledAt = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
