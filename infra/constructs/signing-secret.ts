import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { SecretPlan } from '../../src/plan/plan.ts';

/** Where a source's signing secrets are, and what its consumer may read. */
export interface SigningSecret {
  /** What `GetSecretValue` is called with: a name or an ARN. */
  id: string;
  /** For the consumer's policy. A secret's ARN ends in six characters that only AWS knows, hence `-??????`. */
  arn: string;
}

/**
 * The source's secret in Secrets Manager. The stack makes it without any value, so none stands in a template;
 * `hookport secret set` gives it one. It outlives its source, as the queued deliveries do.
 */
export function signingSecret(
  scope: Construct,
  id: string,
  plan: SecretPlan,
  { source, signs }: { source: string; signs: 'deliveries' | 'forward' },
): SigningSecret {
  if (plan.existing) return existingSecret(scope, plan.name);
  const secret = new CfnSecret(scope, id, {
    name: plan.name,
    description: descriptions[signs](source),
  });
  secret.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions::AwsSolutions-SMG4',
    reason: 'its other end is a setting at the provider or at a receiver, which no rotation can reach',
  });
  return { id: plan.name, arn: secret.ref };
}

const descriptions = {
  deliveries: (source: string) => `Webhook signing secret of ${source}; set it with: hookport secret set ${source}`,
  forward: (source: string) => `Signs what ${source} forwards; set it with: hookport secret set ${source} --forward`,
};

function existingSecret(scope: Construct, nameOrArn: string): SigningSecret {
  if (nameOrArn.startsWith('arn:')) {
    // An ARN without its last six characters is taken by GetSecretValue, and matches nothing in a policy.
    const isWhole = /-[A-Za-z0-9]{6}$/.test(nameOrArn);
    return { id: nameOrArn, arn: isWhole ? nameOrArn : `${nameOrArn}-??????` };
  }
  const arn = Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: `secret:${nameOrArn}-??????`,
  });
  return { id: nameOrArn, arn };
}
