import { deliverySeconds } from './delivery-seconds.ts';
import type { ConsumerPlan } from './plan.ts';

/** Lambda's own limit, in seconds. */
const longestSeconds = 900;

/** Room in each invocation for reading the secret, and for moving and deleting what was decided. */
const overheadSeconds = 15;

/** How long a source's Lambda function may run: a whole batch, one delivery after the other, and some room. */
export function functionTimeoutSeconds(consumer: Pick<ConsumerPlan, 'batch' | 'timeoutSeconds' | 'forward'>): number {
  return Math.min(longestSeconds, consumer.batch.size * deliverySeconds(consumer) + overheadSeconds);
}
