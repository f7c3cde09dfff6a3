import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { metricsNamespace } from '../../src/consumer/lambda/embedded-metrics.ts';
import type { Endpoint } from './endpoint.ts';

/** The alarms of the API as a whole. */
export class EndpointAlarms extends Construct {
  constructor(scope: Construct, id: string, props: { stackName: string; endpoint: Endpoint; actions: IAlarmAction[] }) {
    super(scope, id);
    const { stackName, endpoint, actions } = props;
    const period = Duration.minutes(5);
    const alarm = (name: string, metric: IMetric, threshold: number, alarmDescription: string) => {
      new Alarm(this, name, {
        metric,
        threshold,
        alarmDescription,
        alarmName: `${stackName}-endpoint-${name.toLowerCase()}`,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }).addAlarmAction(...actions);
    };
    alarm(
      'ServerErrors',
      endpoint.stage.metricServerError({ period, statistic: Stats.SUM }),
      1,
      'requests were answered 5xx, so providers may have lost deliveries: look at integrationErrorMessage in the access log',
    );
    alarm(
      'ClientErrors',
      endpoint.stage.metricClientError({ period, statistic: Stats.SUM }),
      // Scanners ask for paths that do not exist all day long.
      100,
      'many requests were answered 4xx: look at routeKey and status in the access log',
    );
    const throttled = { metricNamespace: `${metricsNamespace}/${stackName}`, metricName: 'Throttled' };
    // An HTTP API has no metric of its own for what it throttles.
    new MetricFilter(this, 'ThrottledFilter', {
      logGroup: endpoint.accessLog,
      filterPattern: FilterPattern.stringValue('$.status', '=', '429'),
      ...throttled,
    });
    alarm(
      'Throttled',
      new Metric({
        namespace: throttled.metricNamespace,
        metricName: throttled.metricName,
        statistic: Stats.SUM,
        period,
      }),
      1,
      'requests were answered 429, which some providers never send again: raise throttle in the YAML',
    );
  }
}
