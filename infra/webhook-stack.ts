import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { DoctorPlan } from '../src/plan/doctor.ts';
import { isAlarmed } from '../src/plan/limits.ts';
import type { Plan, SourcePlan } from '../src/plan/plan.ts';
import { Alarms } from './constructs/alarms.ts';
import { dashboard } from './constructs/dashboard.ts';
import { DeduplicationTable } from './constructs/deduplication-table.ts';
import { Doctor } from './constructs/doctor.ts';
import { Endpoint } from './constructs/endpoint.ts';
import { sourceOutputs } from './constructs/outputs.ts';
import { enforceTls } from './constructs/queue-transport-policy.ts';
import { Source } from './constructs/source.ts';
import { WorkerCluster, type WorkerClusterProps } from './constructs/worker-cluster.ts';

export interface WebhookStackProps extends StackProps {
  plan: Plan;
  /** The bundle of a source's consumer. */
  codeOf: (source: SourcePlan) => Code;
  /** The image that workers run. */
  imageOf: WorkerClusterProps['imageOf'];
  /** What `hookport doctor` probes. @default nothing */
  doctor?: DoctorPlan | undefined;
}

/**
 * The Plan as one CloudFormation stack.
 *
 * Sources are rendered in the order of their ids, so that reordering the YAML changes nothing at all.
 */
export class WebhookStack extends Stack {
  readonly endpoint: Endpoint;
  readonly #sources: ReadonlyMap<string, Source>;
  #deduplication: DeduplicationTable | undefined;
  #workers: WorkerCluster | undefined;

  constructor(scope: Construct, id: string, props: WebhookStackProps) {
    super(scope, id, props);
    const plan = { ...props.plan, sources: props.plan.sources.toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
    const sources = plan.sources.map(
      (source) =>
        new Source(this, `Source-${source.id}`, {
          stackName: plan.name,
          plan: source,
          codeOf: props.codeOf,
          cluster: () => (this.#workers ??= new WorkerCluster(this, 'Workers', { imageOf: props.imageOf })),
          deduplication: () => (this.#deduplication ??= new DeduplicationTable(this, 'Deduplication')),
        }),
    );
    this.#sources = new Map(sources.map((source) => [source.plan.id, source]));
    enforceTls(
      this,
      'QueueTransport',
      sources.flatMap((source) => source.queues.all()),
    );
    this.endpoint = new Endpoint(this, 'Endpoint', {
      plan,
      queueOf: ({ id }) => this.source(id).queue,
      consumerOf: ({ id }) => this.source(id).consumer?.function ?? this.source(id).worker,
    });
    const monitored = { stackName: plan.name, endpoint: this.endpoint };
    dashboard(this, 'Dashboard', { ...monitored, sources });
    const alarmed = sources.filter((source) => isAlarmed(source.plan));
    if (alarmed.length > 0) new Alarms(this, 'Alarms', { ...monitored, sources: alarmed });
    for (const source of sources) sourceOutputs(this, source, this.endpoint.baseUrl);
    if (props.doctor) new Doctor(this, 'Doctor', { plan: props.doctor, endpoint: this.endpoint });
  }

  /** What one source consists of, to be extended in code. @throws RangeError when the YAML has no such source */
  source(id: string): Source {
    const source = this.#sources.get(id);
    if (!source) throw new RangeError(`no source ${id}; the YAML has: ${[...this.#sources.keys()].join(', ')}`);
    return source;
  }
}
