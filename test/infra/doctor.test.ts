import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { WebhookStack } from '../../infra/webhook-stack.ts';
import { makeDoctorPlan } from '../../src/plan/doctor.ts';
import { grants } from './iam.ts';
import { fullPlan } from './plans.ts';
import { noImage, stackOf, templateOf } from './synth.ts';
import type { CloudFormationTemplate } from './template-interpreter.ts';

type Resources = CloudFormationTemplate['Resources'];

const resourcesOf = (template: Template) => template.toJSON()['Resources'] as Resources;

function withDoctor() {
  // The context of the other stack, as `cdk.json` pins it.
  const { app: other } = stackOf(fullPlan());
  const app = new App({ context: other.node.getAllContext() as Record<string, unknown> });
  const plan = fullPlan();
  const codeOf = () => Code.fromInline('export const handler = async () => {};');
  const stack = new WebhookStack(app, plan.name, { plan, codeOf, imageOf: noImage, doctor: makeDoctorPlan(plan.name) });
  return { app, stack };
}

describe('the doctor’s part of the stack', () => {
  it('is absent by default', () => {
    expect(JSON.stringify(templateOf(fullPlan()).toJSON())).not.toMatch(/doctor/i);
  });

  it('changes no other resource but the stage, which learns of its routes', () => {
    const before = resourcesOf(templateOf(fullPlan()));
    const after = resourcesOf(Template.fromStack(withDoctor().stack));
    const stage = Object.keys(before).find((id) => before[id]?.Type === 'AWS::ApiGatewayV2::Stage') ?? '';
    const changed = Object.keys(before).filter((id) => JSON.stringify(before[id]) !== JSON.stringify(after[id]));
    expect(changed).toEqual([stage]);
    const added = Object.entries(after).filter(([id]) => !(id in before));
    expect(added.map(([, { Type }]) => Type).toSorted()).toEqual([
      ...Array.from({ length: 4 }, () => 'AWS::ApiGatewayV2::Integration'),
      ...Array.from({ length: 4 }, () => 'AWS::ApiGatewayV2::Route'),
      'AWS::IAM::Role',
      'AWS::SQS::Queue',
      'AWS::SQS::QueuePolicy',
    ]);
    expect(added.every(([id]) => id.startsWith('Doctor'))).toBe(true);
    const { RouteSettings, ...others } = after[stage]?.Properties ?? {};
    const { RouteSettings: settingsBefore, ...othersBefore } = before[stage]?.Properties ?? {};
    expect(others).toEqual(othersBefore);
    expect(RouteSettings).toMatchObject(settingsBefore as object);
    expect(RouteSettings).toMatchObject({
      'POST /_hookport/doctor': { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 30, DetailedMetricsEnabled: true },
    });
  });

  it('may send to its own queue alone, which goes with it', () => {
    const template = Template.fromStack(withDoctor().stack);
    const own = grants(template.toJSON() as CloudFormationTemplate).filter((line) => line.includes('Doctor'));
    expect(own).toEqual([
      'DoctorRole: Allow sqs:SendMessage on DoctorQueue',
      'DoctorRole: assumed by {"Service":"apigateway.amazonaws.com"}',
    ]);
    template.hasResource('AWS::SQS::Queue', {
      Properties: { QueueName: 'acme-webhooks_doctor', MessageRetentionPeriod: 3600 },
      DeletionPolicy: 'Delete',
    });
  });

  it('is clean under AwsSolutions and the CDK’s own validation', () => {
    const { app } = withDoctor();
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).not.toThrow();
  });
});
