import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Queue, QueuePolicy } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/**
 * Refuses plain HTTP at every queue of the stack: one policy for all, where `enforceSSL` would add one for each queue.
 * CloudFormation puts it on each queue in turn, so the resource `*` is that queue.
 */
export function enforceTls(scope: Construct, id: string, queues: readonly Queue[]): QueuePolicy {
  const policy = new QueuePolicy(scope, id, { queues: [...queues] });
  policy.document.addStatements(
    new PolicyStatement({
      sid: 'TlsOnly',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['sqs:*'],
      resources: ['*'],
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
  );
  return policy;
}
