import type { SourcePlan } from '../plan/plan.ts';

/** Whether a source hands deliveries of this type over; others are ignored, and nothing more is asked of them. */
export function isWanted({ consumer }: Pick<SourcePlan, 'consumer'>, eventType: string | undefined): boolean {
  const events = consumer?.events;
  return !events || (eventType !== undefined && events.includes(eventType));
}
