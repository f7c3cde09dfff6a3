import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IWidget,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { outcomeMetrics } from '../../src/consumer/lambda/embedded-metrics.ts';
import type { Endpoint } from './endpoint.ts';
import { sourceAlarmName } from './source-alarms.ts';
import { consumerMetric, queueMetric } from './source-metrics.ts';
import type { Source } from './source.ts';

/**
 * One dashboard: the API, who is silent, then a row for each source. Made here and not with a library of monitors, whose widgets know
 * neither outcomes nor which secret matched.
 */
export function dashboard(
  scope: Construct,
  id: string,
  { stackName, endpoint, sources }: { stackName: string; endpoint: Endpoint; sources: readonly Source[] },
): Dashboard {
  return new Dashboard(scope, id, {
    // Of all regions there is one list: the same stack in a second region would meet a name that is taken.
    dashboardName: `${stackName}-${Stack.of(scope).region}`,
    defaultInterval: Duration.days(1),
    widgets: [
      endpointRow(endpoint),
      silenceRow(scope, stackName, sources),
      ...sources.flatMap((source) => sourceRows(stackName, source)),
    ],
  });
}

function endpointRow({ stage }: Endpoint): IWidget[] {
  const statistic = Stats.SUM;
  return [
    new GraphWidget({
      title: 'Requests',
      width: 12,
      left: [
        stage.metricCount({ statistic }),
        stage.metricClientError({ statistic }),
        stage.metricServerError({ statistic }),
      ],
    }),
    new GraphWidget({
      title: 'Time to answer (p99)',
      width: 12,
      left: [
        stage.metricLatency({ statistic: Stats.p(99) }),
        stage.metricIntegrationLatency({ statistic: Stats.p(99) }),
      ],
    }),
  ];
}

/** An alarm without an address is seen here. By name, since a reference would make the dashboard wait for the alarms' stack. */
function silenceRow(scope: Construct, stackName: string, sources: readonly Source[]): IWidget[] {
  const alarms = sources
    .filter(({ plan }) => plan.expectEverySeconds !== undefined)
    .map(({ plan }) => {
      const resourceName = sourceAlarmName(stackName, plan.id, 'Silence');
      const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
      const arn = Stack.of(scope).formatArn({ service: 'cloudwatch', resource: 'alarm', resourceName, arnFormat });
      return Alarm.fromAlarmArn(scope, `Silence-${plan.id}`, arn);
    });
  return alarms.length === 0 ? [] : [new AlarmStatusWidget({ title: 'Silent for too long', width: 24, alarms })];
}

function sourceRows(stackName: string, { plan }: Source): IWidget[][] {
  const dimensions = { stack: stackName, source: plan.id };
  const p99 = { statistic: Stats.p(99) };
  const outcomes = new GraphWidget({
    title: 'Outcomes',
    width: 8,
    left: Object.values(outcomeMetrics).map((name) => consumerMetric(name, dimensions)),
  });
  const times = new GraphWidget({
    title: 'Time in the queue and at the handler (p99)',
    width: 8,
    left: [consumerMetric('QueueLatency', dimensions, p99), consumerMetric('HandlingTime', dimensions, p99)],
  });
  const queue = new GraphWidget({
    title: 'Waiting, dead-lettered, age of the oldest',
    width: 8,
    left: [
      queueMetric('ApproximateNumberOfMessagesVisible', plan.queue, { label: 'waiting' }),
      queueMetric('ApproximateNumberOfMessagesVisible', plan.deadLetterQueue, { label: 'dead-lettered' }),
    ],
    right: [queueMetric('ApproximateAgeOfOldestMessage', plan.queue, { label: 'age of the oldest, s' })],
  });
  const title = new TextWidget({ markdown: `## ${plan.id} (${plan.provider})`, width: 24, height: 1 });
  return [[title], plan.consumer ? [outcomes, times, queue] : [queue]];
}
