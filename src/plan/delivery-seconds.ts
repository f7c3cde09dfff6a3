import type { ConsumerPlan } from './plan.ts';

/** How long one delivery may take: its handler's timeout and, behind it, the one of its forward over HTTP. */
export function deliverySeconds({ timeoutSeconds, forward }: Pick<ConsumerPlan, 'timeoutSeconds' | 'forward'>): number {
  return timeoutSeconds + (forward?.http?.timeoutSeconds ?? 0);
}
