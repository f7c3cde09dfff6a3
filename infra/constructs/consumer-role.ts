import { Stack, Validations } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { allow } from './allow.ts';
import type { DeduplicationTable } from './deduplication-table.ts';
import type { SigningSecret } from './signing-secret.ts';
import type { SourceQueues } from './source-queues.ts';

export interface ConsumerRoleProps {
  source: string;
  queues: SourceQueues;
  /** Absent where the provider signs nothing. */
  secret?: SigningSecret;
  /** Signs what is forwarded over HTTP. */
  forwardSecret?: SigningSecret;
  /** Name or ARN of the bus that deliveries are forwarded to. */
  eventBus?: string;
  /** Where the source deduplicates. */
  deduplication?: DeduplicationTable;
  /** What the place where it runs needs besides: its log, its network. */
  host: { principal: string; statements: readonly PolicyStatement[] };
  /** The source's own policies: ARNs, or names of AWS's managed ones. */
  managedPolicies: readonly string[];
}

/**
 * What a consumer may do: take from its queue, put into its dead-letter and verified queue and on its event bus, read
 * its secrets, and what its host needs; nothing of another source. Inline, so that a consumer never starts before it may work.
 */
export function consumerRole(scope: Construct, id: string, props: ConsumerRoleProps): Role {
  const { queues, deduplication } = props;
  const destinations = queues.verifiedQueue ? [queues.deadLetterQueue, queues.verifiedQueue] : [queues.deadLetterQueue];
  const secrets = [props.secret, props.forwardSecret].flatMap((secret) => secret?.arn ?? []);
  const statements = [
    allow(
      // ChangeMessageVisibility is the backoff of a failed delivery.
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
      [queues.queue.queueArn],
    ),
    allow(
      ['sqs:SendMessage'],
      destinations.map((queue) => queue.queueArn),
    ),
    ...(secrets.length > 0 ? [allow(['secretsmanager:GetSecretValue'], secrets)] : []),
    ...(props.eventBus === undefined ? [] : [allow(['events:PutEvents'], [busArn(scope, props.eventBus)])]),
    ...props.host.statements,
    ...(deduplication ? [deduplication.statementFor(props.source)] : []),
  ];
  const role = new Role(scope, id, {
    assumedBy: new ServicePrincipal(props.host.principal),
    description: `Consumer of the webhooks of ${props.source}`,
    inlinePolicies: { Consume: new PolicyDocument({ statements }) },
    managedPolicies: props.managedPolicies.map((policy, index) =>
      policy.startsWith('arn:')
        ? ManagedPolicy.fromManagedPolicyArn(scope, `${id}Policy${index}`, policy)
        : ManagedPolicy.fromAwsManagedPolicyName(policy),
    ),
  });
  Validations.of(role).acknowledge(
    ...props.managedPolicies.map((policy) => ({
      id: `AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${policy}]`,
      reason: 'asked for by the configuration of the source',
    })),
  );
  return role;
}

function busArn(scope: Construct, nameOrArn: string): string {
  if (nameOrArn.startsWith('arn:')) return nameOrArn;
  return Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: nameOrArn });
}
