import { formatDuration } from '../../config/units.ts';
import { type Plan, queuesOf } from '../../plan/plan.ts';

/**
 * Queues that would keep a message for less long after a deploy of the plan: SQS then deletes what is older by now.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 *
 * @param retentions How long each keeps them now, in seconds, by its name.
 */
export function keepsLessLong(retentions: ReadonlyMap<string, number>, plan: Plan): string[] {
  return plan.sources.flatMap(queuesOf).flatMap(({ name, retentionSeconds }) => {
    const now = retentions.get(name) ?? 0;
    return retentionSeconds < now
      ? [`${name}: ${formatDuration(retentionSeconds)} instead of ${formatDuration(now)}`]
      : [];
  });
}
