import { faults } from './fault.ts';

/** SQS gives no more than this many at once. */
const maxItems = 1000;

/**
 * One page of a sorted list. The token is where the next page begins, and is given only when `maxResults` was, as SQS
 * does.
 *
 * @throws SqsFault when the token is not one that was given out
 */
export function page(
  sorted: readonly string[],
  { maxResults, token }: { maxResults: number | undefined; token: string | undefined },
): { items: readonly string[]; nextToken: string | undefined } {
  const start = token === undefined ? 0 : sorted.indexOf(Buffer.from(token, 'base64url').toString());
  if (start === -1) throw faults.invalidParameter('Invalid or expired next token.');
  const end = start + (maxResults ?? maxItems);
  const next = sorted[end];
  const nextToken =
    maxResults === undefined || next === undefined ? undefined : Buffer.from(next).toString('base64url');
  return { items: sorted.slice(start, end), nextToken };
}
