import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Source } from './source.ts';

/**
 * Two outputs for each source, since a template may have 200: the URL to register, and its queues as JSON
 * (`source`, `unverifiedQueue`, `deadLetterQueue`, `verifiedQueue`, each queue with `url` and `arn`).
 */
export function sourceOutputs(scope: Construct, source: Source, baseUrl: string): void {
  const { id, provider, route } = source.plan;
  const prefix = outputPrefix(id);
  new CfnOutput(scope, `${prefix}Url`, {
    value: `${baseUrl}${route.path}`,
    description: `Register this URL at the provider ${provider} for the source ${id}`,
  });
  new CfnOutput(scope, `${prefix}Queues`, {
    value: Stack.of(scope).toJsonString({
      source: id,
      unverifiedQueue: describe(source.queue),
      deadLetterQueue: describe(source.deadLetterQueue),
      ...(source.verifiedQueue ? { verifiedQueue: describe(source.verifiedQueue) } : {}),
    }),
    description: `Queues of ${id}. unverifiedQueue is raw: anyone can post into it, so verify what you take from it`,
  });
}

function describe(queue: Queue): { url: string; arn: string } {
  return { url: queue.queueUrl, arn: queue.queueArn };
}

/** `git-hub-2` becomes `GitHub2`: output names are letters and digits. */
function outputPrefix(source: string): string {
  return source
    .split(/[^a-zA-Z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
}
