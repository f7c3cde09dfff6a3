import { Validations } from 'aws-cdk-lib';
import { CfnCluster } from 'aws-cdk-lib/aws-ecs';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { WorkerPlan } from '../../src/plan/plan.ts';
import { allow } from './allow.ts';
import { type Network, WorkerNetwork } from './worker-network.ts';

/** The image that the workers of a stack run. */
export interface WorkerImage {
  uri: string;
  /** Where it is pulled from. */
  repositoryArn: string;
  /** Where the configuration lies in it. */
  config: string;
}

export interface WorkerClusterProps {
  /** Called once for each architecture that a source asks for. */
  imageOf: (scope: Construct, architecture: WorkerPlan['architecture']) => WorkerImage;
}

/** What the workers of a stack share: cluster, images, the role that starts them and, where a source names none, the VPC. */
export class WorkerCluster extends Construct {
  readonly cluster: CfnCluster;
  readonly executionRole: Role;
  readonly #imageOf: WorkerClusterProps['imageOf'];
  readonly #images = new Map<string, WorkerImage>();
  readonly #mayStart = new PolicyDocument();
  #network: WorkerNetwork | undefined;

  constructor(scope: Construct, id: string, { imageOf }: WorkerClusterProps) {
    super(scope, id);
    this.#imageOf = imageOf;
    this.cluster = new CfnCluster(this, 'Cluster', {
      capacityProviders: ['FARGATE'],
      clusterSettings: [{ name: 'containerInsights', value: 'disabled' }],
    });
    Validations.of(this.cluster).acknowledge({
      id: 'AwsSolutions::AwsSolutions-ECS4',
      reason: 'queue depths and the consumer’s own metrics say how the workers do; Container Insights costs per task',
    });
    this.executionRole = new Role(this, 'ExecutionRole', {
      assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com'),
      description: 'Starts the workers: pulls their image, writes their log',
      inlinePolicies: { Start: this.#mayStart },
    });
    // A token for the registry is asked of the registry as a whole.
    this.#mayStart.addStatements(allow(['ecr:GetAuthorizationToken'], ['*']));
    Validations.of(this.executionRole).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason: 'ecr:GetAuthorizationToken has no resource that could be named',
    });
  }

  /** Lets containers write into a source's log. */
  logsTo(logGroupArn: string): void {
    this.#mayStart.addStatements(allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroupArn]));
  }

  image(architecture: WorkerPlan['architecture']): WorkerImage {
    const known = this.#images.get(architecture);
    if (known) return known;
    const image = this.#imageOf(this, architecture);
    this.#images.set(architecture, image);
    // Both architectures lie in the same repository.
    if (this.#images.size === 1)
      this.#mayStart.addStatements(
        allow(
          ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
          [image.repositoryArn],
        ),
      );
    return image;
  }

  network({ vpc }: WorkerPlan): Network {
    if (vpc) return { ...vpc, subnetIds: [...vpc.subnetIds], securityGroupIds: [...vpc.securityGroupIds] };
    this.#network ??= new WorkerNetwork(this, 'Network');
    return this.#network.network;
  }
}
