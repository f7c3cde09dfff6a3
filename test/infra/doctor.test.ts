import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { makeDoctorPlan } from '../../src/plan/doctor.ts';
import { grants } from './iam.ts';
import { fullPlan } from './plans.ts';
import { templateOf } from './synth.ts';
import type { CloudFormationTemplate } from './template-interpreter.ts';

type Resources = CloudFormationTemplate['Resources'];

const resourcesOf = (template: Template) => template.toJSON()['Resources'] as Resources;

const withDoctor = () => templateOf(fullPlan(), makeDoctorPlan(fullPlan().name));

describe('the doctor’s part of the stack', () => {
  it('is absent by default', () => {
    expect(JSON.stringify(templateOf(fullPlan()).toJSON())).not.toMatch(/doctor/i);
  });

  it('changes no other resource but the stage, which learns of its routes', () => {
    const before = resourcesOf(templateOf(fullPlan()));
    const after = resourcesOf(withDoctor());
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
    const template = withDoctor();
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
});
