import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { WebhookStack } from '../../infra/webhook-stack.ts';
import type { DoctorPlan } from '../../src/plan/doctor.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { authorizedPlan, fullPlan, planOf, workerPlan } from './plans.ts';

const cdkJson = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as {
  context: Record<string, unknown>;
};

/** Stands for the bundle, which these tests need not make. */
const noCode = (): Code => Code.fromInline('export const handler = async () => {};');

/** Stands for the image, which takes Docker. */
export const noImage = () => ({
  uri: '123456789012.dkr.ecr.us-east-1.amazonaws.com/assets:tag',
  repositoryArn: 'arn:aws:ecr:us-east-1:123456789012:repository/assets',
  config: 'webhooks.config.yaml',
});

/** The stack of a plan, in the context that `cdk.json` pins. */
export function stackOf(
  plan: Plan,
  context: Record<string, unknown> = {},
  doctor?: DoctorPlan,
): { app: App; stack: WebhookStack } {
  const app = new App({ context: { ...cdkJson.context, ...context } });
  const stack = new WebhookStack(app, plan.name, { plan, codeOf: noCode, imageOf: noImage, doctor });
  return { app, stack };
}

export function templateOf(plan: Plan): Template {
  return Template.fromStack(stackOf(plan).stack);
}

// The CDK's own validation compiles its rules for the types of resources that it meets: for two seconds at first, and again at
// each type that it has not met. So it meets all of them at once, before any test, whose time that would be.
const sources = [fullPlan(), workerPlan(), authorizedPlan()].flatMap((plan) => plan.sources);
const byId = new Map(sources.map((source) => [source.id, source]));
stackOf({ ...fullPlan(), ...planOf(...byId.values()) }).app.synth();
