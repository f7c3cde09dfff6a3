import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it, test } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { formatIssue } from '../../src/config/issue.ts';
import { loadConfig } from '../../src/config/load.ts';
import { makeDoctorPlan } from '../../src/plan/doctor.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type { Plan, SourcePlan } from '../../src/plan/plan.ts';
import { authorizedPlan, fullPlan, planOf, sourcePlan, workerPlan } from './plans.ts';
import { lintRequestParameters } from './request-parameters-lint.ts';
import { stackOf } from './synth.ts';
import type { CloudFormationTemplate } from './template-interpreter.ts';

/*
 * All that the CDK's own validation and AwsSolutions look at stands in this file, and what they need not look at is
 * synthesized without: the validation compiles its rules for the types of resources that it meets, for ten seconds of
 * processor time, in each process anew, and again for a template with a type that the last had not.
 */

/** Also under AwsSolutions. */
function validated(plan: Plan, doctor = false) {
  const { app, stack } = stackOf(plan, {
    validated: true,
    doctor: doctor ? makeDoctorPlan(plan.name) : undefined,
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { app, stack };
}

/** All types of resources at once, so that the rules are compiled once. */
function everything(): Plan {
  const sources = [fullPlan(), workerPlan(), authorizedPlan()].flatMap((plan) => plan.sources);
  const byId = new Map(sources.toReversed().map((source) => [source.id, source]));
  return { ...fullPlan(), ...planOf(...alarmed([...byId.values()])) };
}

const alarmed = (sources: readonly SourcePlan[]): SourcePlan[] =>
  sources.map((source, index) => ({ ...source, alarms: { email: `team-${index}@example.com` } }));

const unconsumed = (source: SourcePlan): SourcePlan => ({ ...source, consumer: undefined });

describe('a stack is clean under AwsSolutions and the CDK’s own validation', () => {
  it.each([
    ['everything at once', everything(), true],
    ['everything that sources without workers and tokens have', fullPlan(), false],
    ['routes for the doctor', fullPlan(), true],
    ['tokens at the entrance', authorizedPlan(), false],
    ['workers', workerPlan(), false],
    ['more addresses to tell than an alarm has room for', planOf(...alarmed(many(30))), false],
    ['a source that is consumed from outside', planOf(...alarmed([unconsumed(sourcePlan('a'))])), false],
    ['sources as `init` makes them', planOf(...['github', 'paddle'].map((id) => unconsumed(sourcePlan(id)))), false],
    ['a silence that nobody is told of', planOf({ ...sourcePlan('a'), expectEverySeconds: 1800 }), false],
    ['50 sources', planOf(...many(50)), false],
  ])(
    'with %s',
    (_title, plan, doctor) => {
      const { app } = validated(plan, doctor);
      expect(() => app.synth()).not.toThrow();
    },
    // The first compiles the rules.
    120_000,
  );
});

function many(count: number): SourcePlan[] {
  return Array.from({ length: count }, (_, index) => sourcePlan(`source-${index}`));
}

it('stops the synthesis at a violation of AwsSolutions that nobody argued for', () => {
  const { app, stack } = validated(planOf(sourcePlan('github')));
  new Queue(stack, 'Bare');
  expect(() => app.synth()).toThrow('AwsSolutions-SQS4');
});

it('stops the synthesis at a value that CloudFormation would refuse', () => {
  const { consumer, ...source } = sourcePlan('github');
  const vpc = { subnetIds: ['no-subnet'], securityGroupIds: ['no-group'] };
  const plan = planOf({ ...source, consumer: { ...consumer!, function: { memoryMiB: 512, vpc } } });
  const { app } = stackOf(plan, { validated: true });
  expect(() => app.synth()).toThrow('CloudFormation-Validate');
});

const root = path.resolve(import.meta.dirname, '../..');
const examples = readdirSync(path.join(root, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** With the issuer of a user pool, where an example has one on this machine: API Gateway takes no other, and its README says so. */
function deployable(plan: Plan): Plan {
  const sources = plan.sources.map((source): SourcePlan => {
    const { authorize, ...route } = source.route;
    if (!authorize?.jwt.issuer.startsWith('http://127.0.0.1:')) return source;
    const jwt = { ...authorize.jwt, issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI' };
    return { ...source, route: { ...route, authorize: { jwt } } };
  });
  return { ...plan, sources };
}

test('there are examples', () => expect(examples).toContain('frontend-logs'));

test.each(examples)('examples/%s becomes a template that CloudFormation and AwsSolutions take', async (example) => {
  const file = path.join(root, 'examples', example, 'webhooks.config.yaml');
  const loaded = await loadConfig(file, { catalogue, root });
  if (!loaded.ok) throw new Error(loaded.issues.map(formatIssue).join('\n'));
  const plan = deployable(makePlan(loaded.config, catalogue));
  const { app } = validated(plan);
  const template = app.synth().getStackByName(plan.name).template as CloudFormationTemplate;
  const routes = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route');
  expect(routes).toHaveLength(plan.sources.length);
  expect(lintRequestParameters(template)).toEqual([]);
});
