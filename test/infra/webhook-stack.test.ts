import { Match, Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import { fullPlan, planOf, sourcePlan, workerPlan } from './plans.ts';
import { stackOf, templateOf } from './synth.ts';

describe('the stack in infra/app.ts', () => {
  it('gives a source’s function to be extended in code: grants and environment reach that function alone', () => {
    const { stack } = stackOf(planOf(sourcePlan('github'), sourcePlan('sensors')));
    const table = new Table(stack, 'Readings', { partitionKey: { name: 'id', type: AttributeType.STRING } });
    table.grantWriteData(stack.source('sensors').function);
    stack.source('sensors').function.addEnvironment('TABLE', table.tableName);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::IAM::Policy', 1);
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('^SourcesensorsConsumerRole') }],
      PolicyDocument: {
        Statement: [Match.objectLike({ Action: Match.arrayWith(['dynamodb:PutItem']), Effect: 'Allow' })],
      },
    });
    const withTable = template.findResources('AWS::Lambda::Function', {
      Properties: { Environment: { Variables: { TABLE: Match.anyValue() } } },
    });
    expect(Object.keys(withTable)).toEqual([expect.stringMatching(/^Sourcesensors/)]);
    expect(() => stack.source('nobody')).toThrow('no source nobody; the YAML has: github, sensors');
  });
});

describe('WebhookStack', () => {
  let template: Template;
  beforeAll(() => {
    template = templateOf(fullPlan());
  });

  it('puts each request into its source’s queue by the Plan’s mapping, with one role and an explicit timeout', () => {
    const { requestParameters } = sourcePlan('github').route;
    template.resourceCountIs('AWS::ApiGatewayV2::Integration', 3);
    template.hasResourceProperties('AWS::ApiGatewayV2::Integration', {
      IntegrationType: 'AWS_PROXY',
      IntegrationSubtype: 'SQS-SendMessage',
      PayloadFormatVersion: '1.0',
      TimeoutInMillis: 10_000,
      CredentialsArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^EndpointRole'), 'Arn'] },
      RequestParameters: {
        ...requestParameters,
        QueueUrl: { Ref: Match.stringLikeRegexp('^SourcegithubQueuesQueue') },
      },
    });
  });

  it('serves from the $default stage with a throttle, metrics and a log line for each route', () => {
    template.hasResource('AWS::ApiGatewayV2::Stage', {
      Properties: {
        StageName: '$default',
        AutoDeploy: true,
        DefaultRouteSettings: { DetailedMetricsEnabled: true },
        RouteSettings: {
          'POST /github': { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 2000, DetailedMetricsEnabled: true },
          'POST /paddle': Match.anyValue(),
          'POST /zendesk': Match.anyValue(),
        },
        AccessLogSettings: {
          Format: Match.serializedJson(
            Match.objectLike({
              requestId: '$context.requestId',
              status: '$context.status',
              integrationErrorMessage: '$context.integrationErrorMessage',
            }),
          ),
        },
      },
      // Settings for a route that does not exist yet would fail the deploy.
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^EndpointRoutegithub')]),
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: Match.stringLikeRegexp('^/aws/vendedlogs/'),
      RetentionInDays: 30,
    });
  });

  it('changes a source’s consumer before its mapping, which a consumer of the version before might reject', () => {
    const after = (logicalId: string) => ({ DependsOn: Match.arrayWith([Match.stringLikeRegexp(logicalId)]) });
    template.hasResource('AWS::ApiGatewayV2::Integration', after('^SourcegithubConsumerFunction'));
    template.hasResource('AWS::ApiGatewayV2::Integration', after('^SourcepaddleConsumerFunction'));
    templateOf(workerPlan()).hasResource('AWS::ApiGatewayV2::Integration', after('^SourceexportsWorkerService'));
  });

  it('answers preflights as the Plan says', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      CorsConfiguration: {
        AllowOrigins: ['https://app.example.com'],
        AllowMethods: ['POST'],
        AllowHeaders: ['authorization', 'content-type'],
        AllowCredentials: true,
        MaxAge: 3600,
      },
    });
  });

  it('serves a domain by IPv4 and IPv6, its certificate validated in the zone, and nothing else when exclusive', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      DisableExecuteApiEndpoint: true,
      IpAddressType: 'dualstack',
    });
    template.hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: 'hooks.example.com',
      DomainValidationOptions: [{ DomainName: 'hooks.example.com', HostedZoneId: 'Z0123456789ABC' }],
    });
    template.resourceCountIs('AWS::ApiGatewayV2::ApiMapping', 1);
    for (const Type of ['A', 'AAAA'])
      template.hasResourceProperties('AWS::Route53::RecordSet', { Type, Name: 'hooks.example.com.' });
  });

  it('keeps the API’s own URL beside a domain that is not exclusive', () => {
    const plan = fullPlan();
    const open = templateOf({ ...plan, domain: { ...plan.domain!, exclusive: false } });
    open.hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: false });
  });

  it('makes every queue encrypted, sized by the Plan, and kept when its source goes', () => {
    template.resourceCountIs('AWS::SQS::Queue', 7);
    template.allResources('AWS::SQS::Queue', {
      Properties: { SqsManagedSseEnabled: true, ReceiveMessageWaitTimeSeconds: 20 },
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'acme-webhooks-paddle',
      MaximumMessageSize: 1_044_480,
      MessageRetentionPeriod: 604_800,
      VisibilityTimeout: 270,
      RedrivePolicy: { maxReceiveCount: 5 },
    });
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'acme-webhooks-paddle-dlq',
      MaximumMessageSize: 1_048_576,
      MessageRetentionPeriod: 1_209_600,
      RedriveAllowPolicy: { redrivePermission: 'byQueue' },
    });
  });

  it('refuses plain HTTP at every queue', () => {
    const policies = Object.values(template.findResources('AWS::SQS::QueuePolicy')) as {
      Properties: { Queues: { Ref: string }[] };
    }[];
    const queues = Object.keys(template.findResources('AWS::SQS::Queue'));
    expect(policies).toHaveLength(1);
    const named = policies.flatMap(({ Properties }) => Properties.Queues.map(({ Ref }) => Ref));
    expect(named.toSorted()).toEqual(queues.toSorted());
  });

  it('makes secrets without a value, and none where the YAML names an existing one', () => {
    // Two sources’ own, and the one that signs a forward.
    template.resourceCountIs('AWS::SecretsManager::Secret', 3);
    template.allResources('AWS::SecretsManager::Secret', { DeletionPolicy: 'RetainExceptOnCreate' });
    template.allResourcesProperties('AWS::SecretsManager::Secret', {
      SecretString: Match.absent(),
      GenerateSecretString: Match.absent(),
    });
  });

  it('feeds each consumer from its queue, with partial failures, a bound and no filter', () => {
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 2);
    template.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
      FilterCriteria: Match.absent(),
    });
  });

  it('gives a function time for its whole batch, within the visibility timeout of its queue', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: 415,
      MemorySize: 1024,
      TracingConfig: { Mode: 'Active' },
      Environment: { Variables: Match.objectLike({ TABLE: 'readings', HOOKPORT_SECRET_ID: 'acme-webhooks/github' }) },
      VpcConfig: { SecurityGroupIds: ['sg-0a1b2c3d4e5f60718'] },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Timeout: 45,
      MemorySize: 512,
      VpcConfig: Match.absent(),
    });
  });

  it('refuses a queue whose visibility timeout is shorter than its function', () => {
    const source = sourcePlan('github');
    const queue = { ...source.queue, visibilityTimeoutSeconds: 44 };
    expect(() => stackOf(planOf({ ...source, queue }))).toThrow(/visibility timeout/);
  });

  it('prints the URL and the queues of each source, the raw one called unverified', () => {
    template.hasOutput('GithubUrl', { Value: 'https://hooks.example.com/github' });
    template.hasOutput('GithubQueues', { Description: Match.stringLikeRegexp('anyone can post into it') });
    const value = JSON.stringify(template.findOutputs('GithubQueues')['GithubQueues']);
    expect(value).toContain('unverifiedQueue');
    expect(value).toContain('verifiedQueue');
  });

  it('can be extended in code by source', () => {
    const { stack } = stackOf(fullPlan());
    expect(stack.source('github').function.functionName).toBeDefined();
    expect(() => stack.source('zendesk').function).toThrow(/no handler/);
    expect(() => stack.source('gihub')).toThrow(/no source gihub; the YAML has: github, paddle, zendesk/);
  });
});

describe('adding, removing and reordering sources', () => {
  /** What belongs to one source: everything whose id names it. */
  const resourcesOf = (plan: Plan, source: string) =>
    Object.fromEntries(
      Object.entries(templateOf(plan).toJSON()['Resources'] as Record<string, unknown>).filter(([id]) =>
        new RegExp(`^(Source|EndpointRoute)${source}`).test(id),
      ),
    );
  const [a, b, c] = [sourcePlan('alpha'), sourcePlan('beta'), sourcePlan('gamma')];

  it('leaves the resources of the other sources as they are', () => {
    const before = resourcesOf(planOf(a, b), 'beta');
    expect(Object.keys(before)).toHaveLength(9);
    expect(resourcesOf(planOf(b), 'beta')).toEqual(before);
    expect(resourcesOf(planOf(c, b, a), 'beta')).toEqual(before);
  });

  it('changes nothing at all when sources only change their order', () => {
    expect(templateOf(planOf(c, a, b)).toJSON()).toEqual(templateOf(planOf(a, b, c)).toJSON());
  });

  it('makes another route when a path changes, and leaves all else of the source as it is', () => {
    const moved = { ...b, route: { ...b.route, key: 'POST /moved', path: '/moved' } };
    const before = resourcesOf(planOf(a, b), 'beta');
    const after = resourcesOf(planOf(a, moved), 'beta');
    const isRoute = (id: string) => id.startsWith('EndpointRoutebeta');
    const withoutRoute = (resources: typeof before) => Object.entries(resources).filter(([id]) => !isRoute(id));
    expect(withoutRoute(after)).toEqual(withoutRoute(before));
    const routes = Object.keys(after).filter(isRoute);
    expect(routes).toHaveLength(Object.keys(before).filter(isRoute).length);
    expect(routes.filter((id) => id in before)).toEqual([]);
  });
});
