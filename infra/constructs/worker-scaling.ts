import { CfnScalableTarget, CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnCluster, CfnService } from 'aws-cdk-lib/aws-ecs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { SourcePlan, WorkerPlan } from '../../src/plan/plan.ts';

export interface WorkerScalingProps {
  cluster: CfnCluster;
  service: CfnService;
  source: SourcePlan;
  worker: WorkerPlan;
  queue: Queue;
}

/** A backlog of so many rounds of all the deliveries that a container takes at once asks for more than one more. */
const roundsForMore = 10;

/**
 * As many containers as the queue's depth asks for: one more for each minute in which something waits, three more when a lot does,
 * and back to the least when the queue has been empty, with nothing in flight, for ten minutes. Steps and not a target:
 * a backlog per container could be told only by Container Insights, which costs per container.
 */
export function scaleByBacklog(
  scope: Construct,
  { cluster, service, source, worker, queue }: WorkerScalingProps,
): void {
  const { min, max } = worker.tasks;
  const target = new CfnScalableTarget(scope, 'Scaling', {
    serviceNamespace: 'ecs',
    scalableDimension: 'ecs:service:DesiredCount',
    resourceId: `service/${cluster.ref}/${service.attrName}`,
    minCapacity: min,
    maxCapacity: max,
  });
  const policy = (id: string, configuration: CfnScalingPolicy.StepScalingPolicyConfigurationProperty) =>
    new CfnScalingPolicy(scope, id, {
      policyName: `${source.queue.name}-${id.toLowerCase()}`,
      policyType: 'StepScaling',
      scalingTargetId: target.ref,
      stepScalingPolicyConfiguration: configuration,
    });
  const atOnce = (source.consumer?.concurrency ?? 1) * (source.consumer?.batch.size ?? 1);
  const out = policy('Out', {
    adjustmentType: 'ChangeInCapacity',
    cooldown: 60,
    metricAggregationType: 'Maximum',
    stepAdjustments: [
      { metricIntervalLowerBound: 0, metricIntervalUpperBound: atOnce * roundsForMore, scalingAdjustment: 1 },
      { metricIntervalLowerBound: atOnce * roundsForMore, scalingAdjustment: 3 },
    ],
  });
  const back = policy('Back', {
    adjustmentType: 'ExactCapacity',
    cooldown: 60,
    metricAggregationType: 'Maximum',
    stepAdjustments: [{ metricIntervalUpperBound: 0, scalingAdjustment: min }],
  });
  const depth = (metricName: string) => ({
    namespace: 'AWS/SQS',
    metricName,
    dimensions: [{ name: 'QueueName', value: queue.queueName }],
  });
  new CfnAlarm(scope, 'Backlog', {
    alarmDescription: `${source.id}: deliveries wait; more containers start`,
    ...depth('ApproximateNumberOfMessagesVisible'),
    statistic: 'Maximum',
    period: 60,
    evaluationPeriods: 1,
    threshold: 1,
    comparisonOperator: 'GreaterThanOrEqualToThreshold',
    treatMissingData: 'notBreaching',
    alarmActions: [out.ref],
  });
  const perMinute = (id: string, metricName: string) => ({
    id,
    returnData: false,
    metricStat: { metric: depth(metricName), period: 60, stat: 'Maximum' },
  });
  new CfnAlarm(scope, 'Idle', {
    alarmDescription: `${source.id}: nothing waits and nothing is in flight; containers beyond the least stop`,
    metrics: [
      { id: 'all', expression: 'waiting + inFlight', label: 'waiting and in flight' },
      perMinute('waiting', 'ApproximateNumberOfMessagesVisible'),
      perMinute('inFlight', 'ApproximateNumberOfMessagesNotVisible'),
    ],
    evaluationPeriods: 10,
    threshold: 0,
    comparisonOperator: 'LessThanOrEqualToThreshold',
    // SQS reports nothing for a queue that nobody uses, and then nothing needs to stop.
    treatMissingData: 'notBreaching',
    alarmActions: [back.ref],
  });
}
