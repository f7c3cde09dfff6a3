import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption, type QueueProps, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { QueuePlan, SourcePlan } from '../../src/plan/plan.ts';

/** Queue, dead-letter queue and, where verified deliveries are forwarded to one, the verified queue of a source. */
export class SourceQueues extends Construct {
  /** What the endpoint writes into. Anyone can post into it: unverified. */
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  /** Holds verified deliveries only. */
  readonly verifiedQueue: Queue | undefined;

  constructor(scope: Construct, id: string, source: SourcePlan) {
    super(scope, id);
    this.deadLetterQueue = keptQueue(this, 'DeadLetterQueue', source.deadLetterQueue, {
      redriveAllowPolicy: {
        redrivePermission: RedrivePermission.BY_QUEUE,
        // By its fixed name: naming the queue itself would be a dependency cycle.
        sourceQueues: [Queue.fromQueueArn(this, 'RedriveSource', queueArn(this, source.queue.name))],
      },
    });
    this.queue = keptQueue(this, 'Queue', source.queue, {
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: maxReceiveCount(source) },
    });
    if (!source.verifiedQueue) return;
    this.verifiedQueue = keptQueue(this, 'VerifiedQueue', source.verifiedQueue, {});
    Validations.of(this.verifiedQueue).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SQS3',
      reason:
        'it is consumed from outside of this stack; how often to try and where to put what fails is decided there',
    });
  }

  all(): Queue[] {
    return this.verifiedQueue
      ? [this.queue, this.deadLetterQueue, this.verifiedQueue]
      : [this.queue, this.deadLetterQueue];
  }
}

/**
 * A queue that outlives its source: the CDK's default deletes it with whatever waits in it. TLS is enforced by the
 * stack's one queue policy, so that 50 sources stay below CloudFormation's 500 resources.
 */
function keptQueue(
  scope: Construct,
  id: string,
  plan: QueuePlan,
  props: Pick<QueueProps, 'deadLetterQueue' | 'redriveAllowPolicy'>,
): Queue {
  return new Queue(scope, id, {
    ...queueProps(plan),
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ...props,
  });
}

/** What the plan says of a queue. */
export function queueProps(plan: QueuePlan): QueueProps {
  return {
    queueName: plan.name,
    retentionPeriod: Duration.seconds(plan.retentionSeconds),
    visibilityTimeout: Duration.seconds(plan.visibilityTimeoutSeconds),
    maxMessageSizeBytes: plan.maxMessageBytes,
    receiveMessageWaitTime: Duration.seconds(plan.receiveWaitSeconds),
    encryption: QueueEncryption.SQS_MANAGED,
  };
}

function queueArn(scope: Construct, name: string): string {
  return Stack.of(scope).formatArn({ service: 'sqs', resource: name });
}

function maxReceiveCount(source: SourcePlan): number {
  if (source.queue.redrive) return source.queue.redrive.maxReceiveCount;
  throw new TypeError(`the plan of ${source.id} sends nothing to its dead-letter queue`);
}
