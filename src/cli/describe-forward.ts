import { formatDuration } from '../config/units.ts';
import type { ConsumerPlan } from '../plan/plan.ts';

/** Where verified deliveries go besides the handler, one line for each place. */
export function describeForwards(consumer: ConsumerPlan | undefined): string[] {
  const { queue, http, eventBus } = consumer?.forward ?? {};
  return [
    ...(queue === undefined ? [] : [`the queue ${queue}`]),
    ...(eventBus === undefined ? [] : [`the event bus ${eventBus}`]),
    ...(http ? [`${http.url}, ${formatDuration(http.timeoutSeconds)} each, signed with ${http.secret.name}`] : []),
  ];
}
