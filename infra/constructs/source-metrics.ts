import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricProps, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { metricsNamespace } from '../../src/consumer/lambda/embedded-metrics.ts';
import type { QueuePlan } from '../../src/plan/plan.ts';

/** A metric that the consumers emit: `Handled`, `Rejected`, `Failed`, `GivenUp`, `HandlingTime`, … */
export function consumerMetric(
  metricName: string,
  dimensions: { stack: string; source: string },
  props: Partial<MetricProps> = {},
): Metric {
  return new Metric({
    namespace: metricsNamespace,
    metricName,
    dimensionsMap: dimensions,
    statistic: Stats.SUM,
    period: Duration.minutes(5),
    ...props,
  });
}

/** A metric of SQS by the queue's fixed name, so that alarms need no reference to the queue. */
export function queueMetric(metricName: string, queue: QueuePlan, props: Partial<MetricProps> = {}): Metric {
  return new Metric({
    namespace: 'AWS/SQS',
    metricName,
    dimensionsMap: { QueueName: queue.name },
    statistic: Stats.MAXIMUM,
    period: Duration.minutes(5),
    ...props,
  });
}
