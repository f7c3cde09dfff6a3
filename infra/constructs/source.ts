import type { Code, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { SourcePlan } from '../../src/plan/plan.ts';
import { Consumer } from './consumer.ts';
import type { DeduplicationTable } from './deduplication-table.ts';
import { signingSecret, type SigningSecret } from './signing-secret.ts';
import type { WorkerCluster } from './worker-cluster.ts';
import { WorkerService } from './worker-service.ts';
import { SourceQueues } from './source-queues.ts';

export interface SourceProps {
  stackName: string;
  plan: SourcePlan;
  /** Gives the consumer's bundle; called only where the source has a function. */
  codeOf: (source: SourcePlan) => Code;
  /** The stack's table, made with the first source that asks for it. */
  deduplication: () => DeduplicationTable;
  /** What the stack's workers share, made with the first source that has one. */
  cluster: () => WorkerCluster;
}

/** Everything that belongs to one source alone. Its ids hang on the source's id, never on its place in the YAML. */
export class Source extends Construct {
  readonly plan: SourcePlan;
  readonly queues: SourceQueues;
  /** Undefined where the provider signs nothing. */
  readonly secret: SigningSecret | undefined;
  /** Signs what is forwarded; undefined where nothing is forwarded over HTTP. */
  readonly forwardSecret: SigningSecret | undefined;
  readonly consumer: Consumer | undefined;
  /** Instead of a function, with `consumer: worker`. */
  readonly worker: WorkerService | undefined;

  constructor(scope: Construct, id: string, props: SourceProps) {
    super(scope, id);
    const { plan, stackName } = props;
    this.plan = plan;
    this.queues = new SourceQueues(this, 'Queues', plan);
    if (plan.secret) this.secret = signingSecret(this, 'Secret', plan.secret, { source: plan.id, signs: 'deliveries' });
    const http = plan.consumer?.forward?.http;
    if (http)
      this.forwardSecret = signingSecret(this, 'ForwardSecret', http.secret, { source: plan.id, signs: 'forward' });
    if (!plan.consumer) return;
    const reached = {
      stackName,
      plan: plan.consumer,
      queues: this.queues,
      ...(this.secret ? { secret: this.secret } : {}),
      ...(this.forwardSecret ? { forwardSecret: this.forwardSecret } : {}),
      ...(plan.consumer.deduplicate ? { deduplication: props.deduplication() } : {}),
    };
    const { worker } = plan.consumer;
    if (worker) {
      this.worker = new WorkerService(this, 'Worker', { ...reached, source: plan, worker, cluster: props.cluster() });
      return;
    }
    this.consumer = new Consumer(this, 'Consumer', {
      ...reached,
      source: plan.id,
      visibilityTimeoutSeconds: plan.queue.visibilityTimeoutSeconds,
      code: props.codeOf(plan),
    });
  }

  /** Unverified: anyone can post into it. */
  get queue(): Queue {
    return this.queues.queue;
  }

  get deadLetterQueue(): Queue {
    return this.queues.deadLetterQueue;
  }

  /** Verified deliveries only; with `forward: { queue: true }`. */
  get verifiedQueue(): Queue | undefined {
    return this.queues.verifiedQueue;
  }

  /** The consumer's function, for grants, VPC and environment. @throws Error when the source has no consumer */
  get function(): LambdaFunction {
    if (this.worker) throw new Error(`source ${this.plan.id} has a worker and no function; grant to its worker.role`);
    if (!this.consumer) throw new Error(`source ${this.plan.id} has no handler, so it has no function`);
    return this.consumer.function;
  }
}
