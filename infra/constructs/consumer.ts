import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type CfnFunction,
  type Code,
  EventSourceMapping,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { functionTimeoutSeconds } from '../../src/plan/function-timeout.ts';
import { functionLogGroup } from '../../src/plan/log-group.ts';
import type { ConsumerPlan } from '../../src/plan/plan.ts';
import { allow } from './allow.ts';
import { consumerRole } from './consumer-role.ts';
import type { DeduplicationTable } from './deduplication-table.ts';
import type { SigningSecret } from './signing-secret.ts';
import type { SourceQueues } from './source-queues.ts';

export interface ConsumerProps {
  /** Prefix of the log group, and a dimension of the metrics. */
  stackName: string;
  source: string;
  plan: ConsumerPlan;
  queues: SourceQueues;
  /** Of the source's queue. */
  visibilityTimeoutSeconds: number;
  /** Absent where the provider signs nothing. */
  secret?: SigningSecret;
  /** Signs what is forwarded over HTTP. */
  forwardSecret?: SigningSecret;
  code: Code;
  deduplication?: DeduplicationTable;
}

/** The Lambda function that verifies and handles a source's deliveries, fed by its queue. */
export class Consumer extends Construct {
  readonly function: LambdaFunction;
  readonly mapping: EventSourceMapping;

  constructor(scope: Construct, id: string, props: ConsumerProps) {
    super(scope, id);
    const { plan, queues } = props;
    refuseMisfit(props);
    this.function = this.#function(props);
    this.mapping = new EventSourceMapping(this, 'Mapping', {
      target: this.function,
      eventSourceArn: queues.queue.queueArn,
      batchSize: plan.batch.size,
      maxBatchingWindow: Duration.seconds(plan.batch.windowSeconds),
      maxConcurrency: plan.concurrency,
      reportBatchItemFailures: true,
      // No filter: the mapping deletes what a filter drops, unverified.
    });
  }

  #function(props: ConsumerProps): LambdaFunction {
    const { plan, queues, secret, forwardSecret, source, stackName, deduplication } = props;
    const eventBus = plan.forward?.eventBus;
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: functionLogGroup(stackName, source),
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = consumerRole(this, 'Role', {
      source,
      queues,
      ...(secret ? { secret } : {}),
      ...(forwardSecret ? { forwardSecret } : {}),
      ...(eventBus === undefined ? {} : { eventBus }),
      host: { principal: 'lambda.amazonaws.com', statements: functionStatements(logGroup, plan) },
      managedPolicies: plan.function?.policies ?? [],
      ...(deduplication ? { deduplication } : {}),
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason: 'neither X-Ray nor the network interfaces of a function in a VPC have resources that could be named',
    });
    const lambda = new LambdaFunction(this, 'Function', {
      description: `Verifies and handles the webhooks of ${source}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: props.code,
      memorySize: plan.function?.memoryMiB ?? 512,
      timeout: Duration.seconds(functionTimeoutSeconds(plan)),
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: {
        ...plan.function?.environment,
        NODE_OPTIONS: '--enable-source-maps',
        HOOKPORT_STACK: stackName,
        HOOKPORT_QUEUE_URL: queues.queue.queueUrl,
        HOOKPORT_DEAD_LETTER_QUEUE_URL: queues.deadLetterQueue.queueUrl,
        ...(secret ? { HOOKPORT_SECRET_ID: secret.id } : {}),
        ...(forwardSecret ? { HOOKPORT_FORWARD_SECRET_ID: forwardSecret.id } : {}),
        ...(queues.verifiedQueue ? { HOOKPORT_VERIFIED_QUEUE_URL: queues.verifiedQueue.queueUrl } : {}),
        ...(deduplication ? { HOOKPORT_DEDUPLICATION_TABLE: deduplication.table.tableName } : {}),
      },
    });
    const resource = lambda.node.defaultChild as CfnFunction;
    // Through the L1: the L2's `tracing` and `vpc` would add a policy resource to the role, which has both already,
    // and a VPC by its ids needs no look-up.
    resource.tracingConfig = { mode: 'Active' };
    const vpc = plan.function?.vpc;
    if (vpc) resource.vpcConfig = { subnetIds: [...vpc.subnetIds], securityGroupIds: [...vpc.securityGroupIds] };
    return lambda;
  }
}

/** What a function needs besides its queues. */
function functionStatements(logGroup: LogGroup, plan: ConsumerPlan): PolicyStatement[] {
  return [
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]),
    allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*']),
    ...(plan.function?.vpc ? [allow(networkInterfaceActions, ['*'])] : []),
  ];
}

/** What AWSLambdaVPCAccessExecutionRole gives besides logs. */
const networkInterfaceActions = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** What Lambda itself would refuse, but only in the middle of a deploy. */
function refuseMisfit({ source, plan, visibilityTimeoutSeconds }: ConsumerProps): void {
  const timeout = functionTimeoutSeconds(plan);
  if (visibilityTimeoutSeconds < timeout)
    throw new RangeError(
      `${source}: the queue's visibility timeout (${visibilityTimeoutSeconds} s) must not be shorter than its function's timeout (${timeout} s)`,
    );
  if (plan.concurrency < 2 || plan.concurrency > 1000)
    throw new RangeError(`${source}: concurrency must be 2 to 1000 on AWS, not ${plan.concurrency}`);
}
