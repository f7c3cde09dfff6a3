import type { SQSClient } from '@aws-sdk/client-sqs';
import { type Clock, systemClock } from '../../clock.ts';

/** An answer's `Date` has whole seconds, rounded down, and some of the time passes on the way: a smaller difference tells nothing. */
const toleratedMs = 2000;

/**
 * The time as SQS has it, by its first answer after this; the system's until then. What is compared with the times of messages
 * must not depend on the clock of an operator's machine.
 */
export function sqsClock(client: SQSClient): Clock {
  let aheadMs: number | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      aheadMs ??= aheadOf(systemClock(), result.response);
      return result;
    },
    { step: 'deserialize', name: 'sqsClock' },
  );
  return () => systemClock() + (aheadMs ?? 0);
}

function aheadOf(now: number, response: unknown): number | undefined {
  const { headers } = response as { headers?: Readonly<Record<string, string>> };
  // Rounded up, so that what was there before is never taken for newer.
  const ahead = Date.parse(headers?.['date'] ?? '') + 1000 - now;
  if (Number.isNaN(ahead)) return undefined;
  return Math.abs(ahead) > toleratedMs ? ahead : 0;
}
