import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { CfnService, CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { workerLogGroup } from '../../src/plan/log-group.ts';
import type { ConsumerPlan, SourcePlan, WorkerPlan } from '../../src/plan/plan.ts';
import { allow } from './allow.ts';
import { consumerRole } from './consumer-role.ts';
import type { DeduplicationTable } from './deduplication-table.ts';
import type { SigningSecret } from './signing-secret.ts';
import type { SourceQueues } from './source-queues.ts';
import type { WorkerCluster } from './worker-cluster.ts';
import { scaleByBacklog } from './worker-scaling.ts';

export interface WorkerServiceProps {
  stackName: string;
  source: SourcePlan;
  plan: ConsumerPlan;
  worker: WorkerPlan;
  cluster: WorkerCluster;
  queues: SourceQueues;
  secret?: SigningSecret;
  forwardSecret?: SigningSecret;
  deduplication?: DeduplicationTable;
}

/**
 * The consumer of a source as containers on ECS Fargate that poll its queue. L1 constructs: the CDK's own service wants a
 * VPC that it has looked up, and adds policies beside the roles.
 */
export class WorkerService extends Construct {
  /** What a handler may do; takes grants. */
  readonly role: Role;
  readonly serviceName: string;
  readonly clusterArn: string;

  constructor(scope: Construct, id: string, props: WorkerServiceProps) {
    super(scope, id);
    const { source, worker, cluster, queues } = props;
    this.role = this.#role(props);
    const taskDefinition = this.#taskDefinition(props);
    const { subnetIds, securityGroupIds, publicIp, ready } = cluster.network(worker);
    const service = new CfnService(this, 'Service', {
      cluster: cluster.cluster.ref,
      taskDefinition: taskDefinition.ref,
      launchType: 'FARGATE',
      // No desiredCount: a deploy would set back what the backlog has asked for.
      deploymentConfiguration: {
        deploymentCircuitBreaker: { enable: true, rollback: true },
        minimumHealthyPercent: 100,
        maximumPercent: 200,
      },
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: subnetIds,
          securityGroups: securityGroupIds,
          assignPublicIp: publicIp ? 'ENABLED' : 'DISABLED',
        },
      },
      propagateTags: 'SERVICE',
    });
    this.serviceName = service.attrName;
    this.clusterArn = cluster.cluster.attrArn;
    service.node.addDependency(this.role, ...(ready ? [ready] : []));
    scaleByBacklog(this, { cluster: cluster.cluster, service, source, worker, queue: queues.queue });
  }

  #role({ source, plan, worker, cluster, queues, secret, forwardSecret, deduplication }: WorkerServiceProps): Role {
    const eventBus = plan.forward?.eventBus;
    const tasks = Stack.of(this).formatArn({
      service: 'ecs',
      resource: 'task',
      resourceName: `${cluster.cluster.ref}/*`,
    });
    const role = consumerRole(this, 'Role', {
      source: source.id,
      queues,
      ...(secret ? { secret } : {}),
      ...(forwardSecret ? { forwardSecret } : {}),
      ...(eventBus === undefined ? {} : { eventBus }),
      ...(deduplication ? { deduplication } : {}),
      host: {
        principal: 'ecs-tasks.amazonaws.com',
        statements: [
          allow(
            ['sqs:GetQueueUrl'],
            queues.all().map((queue) => queue.queueArn),
          ),
          ...(worker.outlastsStop ? [allow(['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'], [tasks])] : []),
        ],
      },
      managedPolicies: worker.policies ?? [],
    });
    if (worker.outlastsStop) {
      const clusterId = Stack.of(this).getLogicalId(cluster.cluster);
      Validations.of(role).acknowledge({
        id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:task/<${clusterId}>/*]`,
        reason: 'a task protects itself, and its id is made when it starts',
      });
    }
    return role;
  }

  #taskDefinition({ stackName, source, worker, cluster, deduplication }: WorkerServiceProps): CfnTaskDefinition {
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: workerLogGroup(stackName, source.id),
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    cluster.logsTo(logGroup.logGroupArn);
    const environment = {
      ...worker.environment,
      ...(deduplication ? { HOOKPORT_DEDUPLICATION_TABLE: deduplication.table.tableName } : {}),
    };
    const image = cluster.image(worker.architecture);
    const task = new CfnTaskDefinition(this, 'Task', {
      family: `${stackName}-${source.id}`,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: String(worker.cpuUnits),
      memory: String(worker.memoryMiB),
      runtimePlatform: {
        operatingSystemFamily: 'LINUX',
        cpuArchitecture: worker.architecture === 'arm64' ? 'ARM64' : 'X86_64',
      },
      taskRoleArn: this.role.roleArn,
      executionRoleArn: cluster.executionRole.roleArn,
      containerDefinitions: [
        {
          name: 'worker',
          image: image.uri,
          essential: true,
          command: [source.id, '--config', image.config],
          stopTimeout: worker.stopTimeoutSeconds,
          // Nothing is written there: state is in the queue and in DynamoDB.
          readonlyRootFilesystem: true,
          environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': logGroup.logGroupName,
              'awslogs-region': Stack.of(this).region,
              'awslogs-stream-prefix': 'worker',
            },
          },
        },
      ],
    });
    Validations.of(task).acknowledge({
      id: 'AwsSolutions::AwsSolutions-ECS2',
      reason: 'they name a table and what the source sets, which `validate` refuses where it looks like a secret',
    });
    return task;
  }
}
