import type { ConsumerPlan } from './plan.ts';

/** How long one delivery may take: its handler's timeout and, behind it, the one of its forward over HTTP. */
export function deliverySeconds({ timeoutSeconds, forward }: Pick<ConsumerPlan, 'timeoutSeconds' | 'forward'>): number {
  return timeoutSeconds + (forward?.http?.timeoutSeconds ?? 0);
}

/** Beside its timeouts, an attempt reads the secret, verifies, moves and deletes. */
const roomSeconds = 15;

/** How long a worker may be at one delivery or batch. */
export function workerRunSeconds(consumer: Pick<ConsumerPlan, 'batch' | 'timeoutSeconds' | 'forward'>): number {
  return consumer.batch.size * deliverySeconds(consumer) + roomSeconds;
}
