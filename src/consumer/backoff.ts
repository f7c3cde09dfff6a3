/** The first delay, in seconds; each further one is four times as long. */
const firstSeconds = 30;
const longestSeconds = 3600;
const jitter = 0.2;

/**
 * The delay before the next attempt, in whole seconds: 30 s × 4^(n−1), at most an hour, ± 20 % so that deliveries
 * that failed together do not come back together.
 *
 * @param attempt n: 1 after the first attempt.
 * @param random Gives a number from 0 to below 1, as `Math.random` does.
 */
export function backoffSeconds(attempt: number, random: () => number): number {
  const seconds = Math.min(firstSeconds * 4 ** (Math.max(attempt, 1) - 1), longestSeconds);
  return Math.round(seconds * (1 - jitter + 2 * jitter * random()));
}

/** How long the delays between so many attempts are together, at most. */
export function longestRetriesSeconds(attempts: number): number {
  let seconds = 0;
  for (let attempt = 1; attempt < attempts; attempt++) seconds += backoffSeconds(attempt, () => 1);
  return seconds;
}
