import type { SourcePlan } from './plan.ts';

/** The CloudWatch log group of a source's function. */
export const functionLogGroup = (stack: string, source: string): string => `/aws/lambda/${stack}-${source}`;

/** The CloudWatch log group of a source's containers. */
export const workerLogGroup = (stack: string, source: string): string => `/aws/ecs/${stack}-${source}`;

/** Where the consumer of a source logs on AWS; undefined where it has none. */
export function logGroupOf(stack: string, { id, consumer }: Pick<SourcePlan, 'id' | 'consumer'>): string | undefined {
  if (!consumer) return undefined;
  return consumer.worker ? workerLogGroup(stack, id) : functionLogGroup(stack, id);
}
