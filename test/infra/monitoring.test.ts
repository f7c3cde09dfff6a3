import { Match, Template } from 'aws-cdk-lib/assertions';
import type { NestedStack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import type { Plan, SourcePlan } from '../../src/plan/plan.ts';
import { fullPlan, planOf, sourcePlan, workerPlan } from './plans.ts';
import { stackOf, templateOf } from './synth.ts';

function alarmsOf(plan: Plan): Template {
  return Template.fromStack(stackOf(plan).stack.node.findChild('Alarms') as NestedStack);
}

const alarmed = (source: SourcePlan): SourcePlan => ({ ...source, alarms: { email: 'oncall@example.com' } });

describe('alarms', () => {
  it('tell failed deliveries from rejected ones, and watch age and silence', () => {
    const template = alarmsOf(fullPlan());
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'acme-webhooks-github-failed',
      AlarmActions: [Match.anyValue()],
      Metrics: Match.arrayWith([
        Match.objectLike({ MetricStat: Match.objectLike({ Metric: Match.objectLike({ MetricName: 'GivenUp' }) }) }),
      ]),
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'acme-webhooks-github-rejected',
      Namespace: 'Hookport',
      MetricName: 'Rejected',
      Dimensions: [
        { Name: 'source', Value: 'github' },
        { Name: 'stack', Value: 'acme-webhooks' },
      ],
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'acme-webhooks-github-age',
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: [{ Name: 'QueueName', Value: 'acme-webhooks-github' }],
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'acme-webhooks-github-silence',
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
      Period: 3600,
      EvaluationPeriods: 6,
    });
  });

  it('tell of an age that no long handler of a worker explains: SQS counts what is in hand too', () => {
    const sources = workerPlan().sources.map((source) => {
      const visibilityTimeoutSeconds = source.id === 'exports' ? 2 * (7200 + 15) : 120;
      return alarmed({ ...source, queue: { ...source.queue, visibilityTimeoutSeconds } });
    });
    const template = alarmsOf(planOf(...sources));
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
    const ages = alarms.filter(({ AlarmName }) => String(AlarmName).endsWith('-age'));
    expect(ages.map(({ AlarmName, Threshold, AlarmDescription }) => [AlarmName, Threshold, AlarmDescription])).toEqual([
      ['acme-webhooks-exports-age', 14_430, expect.stringContaining('in the queue for 4 hours')],
      ['acme-webhooks-github-age', 3600, expect.stringContaining('in the queue for 1 hour:')],
      ['acme-webhooks-videos-age', 3600, expect.stringContaining('in the queue for 1 hour:')],
    ]);
  });

  it('tell of an age before the queue deletes what has it', () => {
    const keepsFor = (id: string, retentionSeconds: number) => {
      const source = sourcePlan(id);
      return alarmed({ ...source, queue: { ...source.queue, retentionSeconds } });
    };
    const template = alarmsOf(planOf(keepsFor('hourly', 3600), keepsFor('daily', 86_400)));
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
    const ages = alarms.filter(({ AlarmName }) => String(AlarmName).endsWith('-age'));
    expect(ages.map(({ Threshold, AlarmDescription }) => [Threshold, AlarmDescription])).toEqual([
      [3600, expect.stringContaining('in the queue for 1 hour:')],
      [2700, expect.stringContaining('in the queue for 45 minutes:')],
    ]);
  });

  it('watch what the API refuses and throttles', () => {
    const template = alarmsOf(fullPlan());
    for (const name of ['servererrors', 'clienterrors', 'throttled'])
      template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: `acme-webhooks-endpoint-${name}` });
    template.hasResourceProperties('AWS::Logs::MetricFilter', { FilterPattern: '{ $.status = "429" }' });
  });

  it('tell each address of its own sources', () => {
    const other = { ...sourcePlan('paddle'), alarms: { email: 'billing@example.com' } };
    const template = alarmsOf(planOf(alarmed(sourcePlan('github')), other, sourcePlan('quiet')));
    template.resourceCountIs('AWS::SNS::Subscription', 2);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 3 + 2 * 3);
  });

  it.each([5, 6, 30])(
    'of the endpoint tell %i addresses, with the five actions at most that an alarm may have',
    (count) => {
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
      const sources = Array.from({ length: count }, (_, index) => ({
        ...sourcePlan(`source-${index}`),
        alarms: { email: `team-${index}@example.com` },
      }));
      const template = alarmsOf(planOf(...sources));
      const subscriptions = Object.values(template.findResources('AWS::SNS::Subscription'));
      const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
      const ofEndpoint = alarms.filter(({ Properties }) => /-endpoint-/.test(Properties.AlarmName));
      expect(ofEndpoint).toHaveLength(3);
      for (const { Properties } of ofEndpoint) {
        const topics = (Properties.AlarmActions as { Ref: string }[]).map(({ Ref }) => Ref);
        expect(topics.length).toBeLessThanOrEqual(5);
        const told = subscriptions.filter((each) => topics.includes(each['Properties'].TopicArn.Ref));
        expect(new Set(told.map((each) => each['Properties'].Endpoint)).size).toBe(count);
      }
    },
  );

  it('tell of a function that the account has no room for: its attempts are used up, and SQS itself gives them up', () => {
    const template = alarmsOf(planOf(alarmed(sourcePlan('github'))));
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'acme-webhooks-github-failed',
      Metrics: Match.arrayWith([
        Match.objectLike({ Expression: 'FILL(givenUp, 0) + FILL(errors, 0) + FILL(throttles, 0)' }),
        Match.objectLike({ MetricStat: Match.objectLike({ Metric: Match.objectLike({ MetricName: 'Throttles' }) }) }),
      ]),
    });
  });

  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwet2.html
  it('tell of a container that ended by itself, such as for want of memory: it writes no metric, and SQS itself gives up its deliveries', () => {
    const plan = workerPlan();
    const template = alarmsOf({ ...plan, sources: plan.sources.map(alarmed) });
    const rules = Object.values(template.findResources('AWS::Events::Rule')).map(({ Properties }) => Properties);
    expect(rules.map(({ Description }) => Description)).toEqual([
      expect.stringMatching(/^exports: /),
      expect.stringMatching(/^videos: /),
    ]);
    const [topic = ''] = Object.keys(template.findResources('AWS::SNS::Topic'));
    for (const { EventPattern, Targets } of rules) {
      expect(EventPattern).toEqual({
        source: ['aws.ecs'],
        'detail-type': ['ECS Task State Change'],
        detail: {
          group: [expect.anything()],
          clusterArn: [expect.anything()],
          lastStatus: ['STOPPED'],
          stopCode: ['EssentialContainerExited'],
        },
      });
      expect(Targets).toEqual([expect.objectContaining({ Arn: { Ref: topic } })]);
    }
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: { Ref: topic },
          }),
        ]),
      },
    });
  });

  it('may publish: a topic with a policy has no other leave', () => {
    // https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
    const template = alarmsOf(planOf(alarmed(sourcePlan('github'))));
    const [topic = ''] = Object.keys(template.findResources('AWS::SNS::Topic'));
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      Topics: [{ Ref: topic }],
      PolicyDocument: {
        Statement: Match.arrayWith([
          {
            Sid: 'AlarmsMayPublish',
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: { Ref: topic },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
        ]),
      },
    });
  });

  it('watch the dead-letter queue of a source that is consumed from outside', () => {
    const source = alarmed(sourcePlan('zendesk'));
    delete source.consumer;
    const template = alarmsOf(planOf(source));
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'acme-webhooks-zendesk-deadletters',
      Dimensions: [{ Name: 'QueueName', Value: 'acme-webhooks-zendesk-dlq' }],
    });
  });

  it('are made for nobody where nobody is to be told', () => {
    expect(stackOf(planOf(sourcePlan('github'))).stack.node.tryFindChild('Alarms')).toBeUndefined();
  });

  it('watch a silence that nobody is to be told of: alone, without an action', () => {
    const plan = planOf({ ...sourcePlan('github'), expectEverySeconds: 1800 }, alarmed(sourcePlan('paddle')));
    const alarms = alarmsOf(plan).findResources('AWS::CloudWatch::Alarm');
    const ofGithub = Object.values(alarms).filter(({ Properties }) => /-github-/.test(Properties.AlarmName));
    expect(ofGithub.map(({ Properties }) => Properties)).toEqual([
      expect.objectContaining({ AlarmName: 'acme-webhooks-github-silence', Period: 60, EvaluationPeriods: 30 }),
    ]);
    expect(ofGithub[0]?.['Properties']).not.toHaveProperty('AlarmActions');
    const alone = alarmsOf(planOf({ ...sourcePlan('github'), expectEverySeconds: 1800 }));
    alone.resourceCountIs('AWS::CloudWatch::Alarm', 1);
    alone.resourceCountIs('AWS::SNS::Topic', 0);
  });

  it('refuse a silence that CloudWatch cannot see', () => {
    const source = { ...alarmed(sourcePlan('github')), expectEverySeconds: 8 * 86_400 };
    expect(() => stackOf(planOf(source))).toThrow(/7 days at most/);
  });
});

describe('the dashboard', () => {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-dashboard.html
  it('has a name of its own in each region, since an account has one list of them for all', () => {
    const [dashboard] = Object.values(templateOf(fullPlan()).findResources('AWS::CloudWatch::Dashboard'));
    expect(dashboard?.['Properties']).toMatchObject({
      DashboardName: { 'Fn::Join': ['', ['acme-webhooks-', { Ref: 'AWS::Region' }]] },
    });
  });

  it('shows the outcomes and the queue of each source', () => {
    const [dashboard] = Object.values(templateOf(fullPlan()).findResources('AWS::CloudWatch::Dashboard'));
    const body = JSON.stringify(dashboard);
    for (const text of ['github', 'paddle', 'zendesk', 'Rejected', 'QueueLatency', 'acme-webhooks-zendesk-dlq'])
      expect(body).toContain(text);
  });

  it('shows the alarm of a silence, and none where no silence is watched', () => {
    const bodyOf = (plan: Plan) => JSON.stringify(templateOf(plan).findResources('AWS::CloudWatch::Dashboard'));
    const silent = bodyOf(planOf({ ...sourcePlan('github'), expectEverySeconds: 1800 }, sourcePlan('paddle')));
    expect(silent).toContain(':alarm:acme-webhooks-github-silence');
    expect(silent).not.toContain('paddle-silence');
    expect(bodyOf(planOf(sourcePlan('github')))).not.toContain(':alarm:');
  });
});
