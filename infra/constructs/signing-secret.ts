import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { SecretPlan } from '../../src/plan/plan.ts';

/** Where a source's signing secrets are, and what its consumer may read. */
export interface SigningSecret {
  /** What `GetSecretValue` is called with: a name or an ARN. */
  id: string;
  /** For the consumer's policy. A name's ARN ends in six characters that only AWS knows, hence `-??????`. */
  arn: string;
}

/**
 * The source's secret in Secrets Manager. The stack makes it without any value, so none stands in a template;
 * `hookport secret set` gives it one. It outlives its source, as the queued deliveries do.
 */
export function signingSecret(scope: Construct, id: string, plan: SecretPlan, source: string): SigningSecret {
  if (plan.existing) return existingSecret(scope, plan.name);
  const secret = new CfnSecret(scope, id, {
    name: plan.name,
    description: `Webhook signing secret of ${source}; set it with: hookport secret set ${source}`,
  });
  secret.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions::AwsSolutions-SMG4',
    reason:
      'the other end of a webhook secret is a setting in the dashboard of the provider, which no rotation can reach',
  });
  return { id: plan.name, arn: secret.ref };
}

function existingSecret(scope: Construct, nameOrArn: string): SigningSecret {
  if (nameOrArn.startsWith('arn:')) return { id: nameOrArn, arn: nameOrArn };
  const arn = Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: `secret:${nameOrArn}-??????`,
  });
  return { id: nameOrArn, arn };
}
