import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { WorkerService } from './worker-service.ts';

/**
 * Tells of each container of a worker that ended by itself, such as one that was killed for want of memory. It writes no
 * metric of ours any more, and after the last attempt it is SQS that moves what it had in hand: no alarm would see that.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwet2.html
 */
export function crashNotice(
  scope: Construct,
  id: string,
  { source, worker, topic }: { source: string; worker: WorkerService; topic: ITopic },
): Rule {
  const reason = `${EventField.fromPath('$.detail.stoppedReason')}: ${EventField.fromPath('$.detail.containers[0].reason')}`;
  const hint = `What it had in hand is tried again, and after the last attempt rests in the dead-letter queue with the reason unknown: hookport dlq list ${source} --aws. Task: ${EventField.fromPath('$.detail.taskArn')}`;
  return new Rule(scope, id, {
    description: `${source}: a container of its worker ended by itself`,
    eventPattern: {
      source: ['aws.ecs'],
      detailType: ['ECS Task State Change'],
      detail: {
        clusterArn: [worker.clusterArn],
        group: [`service:${worker.serviceName}`],
        lastStatus: ['STOPPED'],
        // Not what a deploy, scaling in or a person ends.
        stopCode: ['EssentialContainerExited'],
      },
    },
    targets: [
      new SnsTopic(topic, {
        message: RuleTargetInput.fromText(`${source}: a container of its worker ended by itself (${reason}). ${hint}`),
      }),
    ],
  });
}
