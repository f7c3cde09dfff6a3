import { NestedStack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { maxAlarmActions } from '../../src/plan/limits.ts';
import { crashNotice } from './crash-notice.ts';
import type { Endpoint } from './endpoint.ts';
import { EndpointAlarms } from './endpoint-alarms.ts';
import { SourceAlarms } from './source-alarms.ts';
import type { Source } from './source.ts';

export interface AlarmsProps {
  stackName: string;
  endpoint: Endpoint;
  /** Those that have somebody to tell, or whose silence is to be seen. */
  sources: readonly Source[];
}

/** All alarms, in a stack nested in the webhooks' own: they would use up its 500 resources, at four for each source. */
export class Alarms extends NestedStack {
  constructor(scope: Construct, id: string, { stackName, endpoint, sources }: AlarmsProps) {
    super(scope, id, { description: `Alarms of ${stackName}` });
    const topics = new Map<string, Topic>();
    for (const source of sources) {
      const topic = this.#topicFor(source.plan.alarms?.email, topics);
      const action = topic && new SnsAction(topic);
      new SourceAlarms(this, `Source-${source.plan.id}`, { stackName, source, action });
      const { worker, plan } = source;
      if (topic && worker) crashNotice(this, `Crash-${plan.id}`, { source: plan.id, worker, topic });
    }
    if (topics.size === 0) return;
    const actions = this.#topicsOfAll(topics).map((topic) => new SnsAction(topic));
    new EndpointAlarms(this, 'Endpoint', { stackName, endpoint, actions });
  }

  /** An alarm takes few actions; more addresses are told by a topic that all of them subscribe to. */
  #topicsOfAll(topics: ReadonlyMap<string, Topic>): Topic[] {
    if (topics.size <= maxAlarmActions) return [...topics.values()];
    return [this.#topic('endpoint', [...topics.keys()])];
  }

  #topicFor(email: string | undefined, topics: Map<string, Topic>): Topic | undefined {
    if (email === undefined) return undefined;
    const topic = topics.get(email) ?? this.#topic(email, [email]);
    topics.set(email, topic);
    return topic;
  }

  #topic(name: string, emails: readonly string[]): Topic {
    const topic = new Topic(this, `Topic-${name}`, { enforceSSL: true });
    // The policy that enforces TLS replaces SNS's own, by which the account's alarms may publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsMayPublish',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    for (const email of emails) topic.addSubscription(new EmailSubscription(email));
    return topic;
  }
}
