import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { SourcePlan } from '../../src/plan/plan.ts';
import { consumerMetric, queueMetric } from './source-metrics.ts';
import type { Source } from './source.ts';

export interface SourceAlarmsProps {
  stackName: string;
  source: Source;
  /** Without one, silence alone is watched, where the source says how often it expects a delivery. */
  action: IAlarmAction | undefined;
}

/** CloudWatch looks back a week at most. */
const longestSilenceSeconds = 7 * 86_400;

/**
 * An age that wants looking into: an hour, beyond the retries of a delivery that fails within the usual timeout. SQS counts
 * what is in hand too, and a worker may have it there for hours; its queue hides a message for twice as long as an attempt takes.
 * In a queue that keeps nothing for so long, no message would ever be that old.
 */
function oldestSeconds({ consumer, queue }: SourcePlan): number {
  const unusual = Math.max(3600, consumer?.worker ? queue.visibilityTimeoutSeconds : 0);
  return Math.min(unusual, Math.floor(queue.retentionSeconds * 0.75));
}

/** Fixed, so that the dashboard can name an alarm that stands in another stack. */
export function sourceAlarmName(stackName: string, sourceId: string, alarm: string): string {
  return `${stackName}-${sourceId}-${alarm.toLowerCase()}`;
}

/** The alarms of one source. Each says in its description what to do. */
export class SourceAlarms extends Construct {
  readonly #props: SourceAlarmsProps;

  constructor(scope: Construct, id: string, props: SourceAlarmsProps) {
    super(scope, id);
    this.#props = props;
    const { plan } = props.source;
    if (props.action) this.#deliveryAlarms();
    if (plan.expectEverySeconds !== undefined) this.#silenceAlarm(plan.expectEverySeconds);
  }

  #deliveryAlarms(): void {
    const { plan, consumer } = this.#props.source;
    if (plan.consumer) this.#consumerAlarms(consumer?.function);
    else
      this.#alarm('DeadLetters', {
        metric: queueMetric('ApproximateNumberOfMessagesVisible', plan.deadLetterQueue),
        description: `messages rest in the dead-letter queue: hookport dlq list ${plan.id} --aws`,
      });
    const oldest = oldestSeconds(plan);
    this.#alarm('Age', {
      metric: queueMetric('ApproximateAgeOfOldestMessage', plan.queue),
      threshold: oldest,
      description: `the oldest message has been in the queue for ${Duration.seconds(oldest).toHumanString()}: is its consumer running? hookport status --aws`,
    });
  }

  /**
   * @param consumer Where a function runs it: an invocation that crashed, or that the account had no room for, writes no
   *   metric of ours, and after the last one it is SQS that moves the message.
   */
  #consumerAlarms(consumer: IFunction | undefined): void {
    const { stackName, source } = this.#props;
    const id = source.plan.id;
    const dimensions = { stack: stackName, source: id };
    this.#alarm('Failed', {
      metric: consumer
        ? new MathExpression({
            expression: 'FILL(givenUp, 0) + FILL(errors, 0) + FILL(throttles, 0)',
            usingMetrics: {
              givenUp: consumerMetric('GivenUp', dimensions),
              errors: consumer.metricErrors({ period: Duration.minutes(5) }),
              throttles: consumer.metricThrottles({ period: Duration.minutes(5) }),
            },
            period: Duration.minutes(5),
            label: 'given up, or lost with a crashed or throttled invocation',
          })
        : consumerMetric('GivenUp', dimensions),
      description: `deliveries failed at every attempt and rest in the dead-letter queue: hookport dlq list ${id} --aws`,
    });
    this.#alarm('Rejected', {
      metric: consumerMetric('Rejected', dimensions, { period: Duration.minutes(15) }),
      description: `deliveries were refused; a scanner, or a secret that is wrong: hookport secret status ${id}`,
    });
  }

  #silenceAlarm(expectEverySeconds: number): void {
    const { plan } = this.#props.source;
    if (expectEverySeconds > longestSilenceSeconds)
      throw new RangeError(`${plan.id}: expectEvery must be 7 days at most, which is as far as CloudWatch looks back`);
    const period = expectEverySeconds < 3600 ? Duration.minutes(1) : Duration.hours(1);
    this.#alarm('Silence', {
      metric: queueMetric('NumberOfMessagesSent', plan.queue, { statistic: Stats.SUM, period }),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: Math.ceil(expectEverySeconds / period.toSeconds()),
      // SQS reports nothing for a queue that nobody uses.
      treatMissingData: TreatMissingData.BREACHING,
      description: `no request arrived for too long: is the webhook still registered at ${plan.provider}?`,
    });
  }

  #alarm(
    id: string,
    props: {
      metric: IMetric;
      description: string;
      threshold?: number;
      evaluationPeriods?: number;
      comparisonOperator?: ComparisonOperator;
      treatMissingData?: TreatMissingData;
    },
  ): void {
    const { stackName, source, action } = this.#props;
    const { description, ...rest } = props;
    const alarm = new Alarm(this, id, {
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmName: sourceAlarmName(stackName, source.plan.id, id),
      alarmDescription: `${source.plan.id}: ${description}`,
      ...rest,
    });
    if (action) alarm.addAlarmAction(action);
  }
}
