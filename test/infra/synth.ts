import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { WebhookStack } from '../../infra/webhook-stack.ts';
import type { DoctorPlan } from '../../src/plan/doctor.ts';
import type { Plan } from '../../src/plan/plan.ts';

const cdkJson = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as {
  context: Record<string, unknown>;
};

/** Stands for the bundle, which these tests need not make. */
const noCode = (): Code => Code.fromInline('export const handler = async () => {};');

/** Stands for the image, which takes Docker. */
const noImage = () => ({
  uri: '123456789012.dkr.ecr.us-east-1.amazonaws.com/assets:tag',
  repositoryArn: 'arn:aws:ecr:us-east-1:123456789012:repository/assets',
  config: 'webhooks.config.yaml',
});

/**
 * The stack of a plan, in the context that `cdk.json` pins, and without the CDK's own validation, which costs more than all
 * else of a synthesis: validation.test.ts has it.
 */
export function stackOf(
  plan: Plan,
  options: { validated?: boolean; doctor?: DoctorPlan | undefined } = {},
): { app: App; stack: WebhookStack } {
  const { validated = false, doctor } = options;
  const app = new App({ context: cdkJson.context, builtinCloudFormationValidation: validated });
  const stack = new WebhookStack(app, plan.name, { plan, codeOf: noCode, imageOf: noImage, doctor });
  return { app, stack };
}

export function templateOf(plan: Plan, doctor?: DoctorPlan): Template {
  return Template.fromStack(stackOf(plan, { doctor }).stack);
}
