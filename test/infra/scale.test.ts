import path from 'node:path';
import type { NestedStack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { formatIssue } from '../../src/config/issue.ts';
import { parseConfig } from '../../src/config/load.ts';
import { functionEnvironmentBytes } from '../../src/config/rules/function-environment.ts';
import { limitsOf, maxStackResources, resourcesOf, sharedResources, sourcesThatFit } from '../../src/plan/limits.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { processorClock } from '../processor-time.ts';
import { authorizedPlan, fullPlan, planOf, sourcePlan, workerPlan } from './plans.ts';
import { lintRequestParameters } from './request-parameters-lint.ts';
import { stackOf, templateOf } from './synth.ts';
import type { CloudFormationTemplate } from './template-interpreter.ts';

const root = path.resolve(import.meta.dirname, '../..');

const many = (count: number): Plan =>
  planOf(
    ...Array.from({ length: count }, (_, index) => {
      const source = sourcePlan(`source-${index}`);
      const consumer = { ...source.consumer!, handler: 'test/fixtures/lambda-handlers/by-event.ts' };
      return { ...source, consumer, alarms: { email: 'oncall@example.com' } };
    }),
  );

/** Each is rendered once: with 50 it takes seconds. */
const rendered = new Map<number, { template: CloudFormationTemplate & { Outputs: object }; processorMs: number }>();
function rendering(count: number) {
  const before = rendered.get(count);
  if (before) return before;
  const spent = processorClock();
  const template = templateOf(many(count)).toJSON() as CloudFormationTemplate & { Outputs: object };
  const now = { template, processorMs: spent() };
  rendered.set(count, now);
  return now;
}

describe.each([1, 10, 50])('a stack of %i sources', (count) => {
  it('stays inside CloudFormation’s and API Gateway’s quotas', () => {
    const { template } = rendering(count);
    const types = Object.values(template.Resources).map(({ Type }) => Type);
    expect(types.length).toBeLessThanOrEqual(500);
    expect(types.filter((type) => type === 'AWS::ApiGatewayV2::Integration').length).toBeLessThanOrEqual(300);
    expect(types.filter((type) => type === 'AWS::ApiGatewayV2::Route').length).toBeLessThanOrEqual(300);
    expect(Object.keys(template.Outputs).length).toBeLessThanOrEqual(200);
    expect(JSON.stringify(template).length).toBeLessThan(1_000_000);
    const roles = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::IAM::Role');
    for (const { Properties } of roles) expect(JSON.stringify(Properties?.['Policies']).length).toBeLessThan(10_240);
    expect(lintRequestParameters(template)).toEqual([]);
  });
});

function useOf(plan: Plan, what: string) {
  const use = limitsOf(plan).find(({ name }) => name.includes(what));
  if (!use) throw new Error(`no limit of ${what}`);
  return use;
}

describe('the count of resources', () => {
  const counted = (plan: Plan) =>
    sharedResources(plan) + plan.sources.reduce((sum, source) => sum + resourcesOf(source), 0);
  it.each([
    ['everything switched on', fullPlan()],
    ['a silence that nobody is told of', planOf({ ...sourcePlan('a'), expectEverySeconds: 3600 })],
    ['authorizers and a source without a secret', authorizedPlan()],
    ['workers', workerPlan()],
    ['a source without a consumer', planOf({ ...sourcePlan('a'), consumer: undefined })],
  ])('is what the template holds, with %s', (_title, plan) => {
    const { Resources } = templateOf(plan).toJSON() as CloudFormationTemplate;
    expect(counted(plan)).toBe(Object.keys(Resources).length);
  });

  it.each([1, 10])('is what the template holds, with %i sources', (count) => {
    expect(counted(many(count))).toBe(Object.keys(rendering(count).template.Resources).length);
  });

  const addressed = (plan: Plan): Plan => ({
    ...plan,
    sources: plan.sources.map((source, index) => ({ ...source, alarms: { email: `team-${index}@example.com` } })),
  });
  it.each([
    ['everything switched on', fullPlan()],
    ['one address', many(3)],
    ['an address for each of five sources', addressed(many(5))],
    ['an address for each of six sources', addressed(many(6))],
    ['a silence that nobody is told of', planOf({ ...sourcePlan('a'), expectEverySeconds: 3600 })],
    ['workers, and an address for each', addressed(workerPlan())],
    ['nobody to tell', planOf(sourcePlan('a'))],
  ])('is what the nested stack of alarms holds, with %s', (_title, plan) => {
    const alarms = stackOf(plan).stack.node.tryFindChild('Alarms') as NestedStack | undefined;
    const held = alarms
      ? Object.keys((Template.fromStack(alarms).toJSON() as CloudFormationTemplate).Resources).length
      : 0;
    expect(useOf(plan, 'alarms')).toMatchObject({ used: held, limit: 500 });
  });

  it('refuses more alarms than their stack holds, and says how many sources fit then', () => {
    const plan = addressed(many(100));
    for (const source of plan.sources) {
      delete source.consumer;
      source.expectEverySeconds = 3600;
    }
    expect(useOf(plan, 'alarms').used).toBeGreaterThan(500);
    const fit = sourcesThatFit(plan);
    expect(useOf({ ...plan, sources: plan.sources.slice(0, fit) }, 'alarms').used).toBeLessThanOrEqual(500);
    expect(fit).toBeGreaterThan(60);
  });

  it('is no less than the characters of the API role’s policy, with the longest ids, in the region of the longest ARNs', () => {
    const name = `acme-webhooks-${'x'.repeat(52)}`;
    const plan = planOf(
      ...Array.from({ length: 30 }, (_, index) => {
        const source = sourcePlan(`source-${index}`);
        return { ...source, queue: { ...source.queue, name: `${name}-${index}` } };
      }),
    );
    const { Resources } = templateOf(plan).toJSON() as CloudFormationTemplate;
    const [, role] = Object.entries(Resources).find(([id]) => id.startsWith('EndpointRole')) ?? [];
    const [policy] = (role?.Properties?.['Policies'] ?? []) as { PolicyDocument?: unknown }[];
    const queues = plan.sources.map(({ queue }) => queue.name);
    const resolved = JSON.stringify(policy?.PolicyDocument, (key, value: unknown) =>
      key === 'Resource' ? queues.map((queue) => `arn:aws-us-gov:sqs:us-gov-west-1:123456789012:${queue}`) : value,
    );
    expect(useOf(plan, 'policy').used).toBeGreaterThanOrEqual(resolved.length);
    expect(useOf(plan, 'policy').used - resolved.length).toBeLessThan(100);
  });

  it('says how many sources fit', () => {
    const fit = sourcesThatFit(many(3));
    expect(counted(many(fit))).toBeLessThanOrEqual(maxStackResources);
    expect(counted(many(fit + 1))).toBeGreaterThan(maxStackResources);
    expect(fit).toBeGreaterThanOrEqual(50);
  });
});

describe('50 sources', () => {
  it('are rendered in under 10 seconds of processor time', () => {
    expect(rendering(50).processorMs).toBeLessThan(10_000);
  });
});

describe('the environment of a function', () => {
  /** As Lambda measures it, with names that CloudFormation would give, in the region where they are longest. */
  const measured = (plan: Plan): number => {
    const { Resources } = templateOf(plan).toJSON() as CloudFormationTemplate;
    const resolve = (value: unknown): unknown => {
      if (typeof value !== 'object' || value === null || !('Ref' in value)) return value;
      const { Type, Properties } = Resources[String(value.Ref)]!;
      if (Type === 'AWS::SQS::Queue')
        return `https://sqs.cn-northwest-1.amazonaws.com.cn/123456789012/${String(Properties?.['QueueName'])}`;
      return `${plan.name}-${String(value.Ref)}-1ABCDEFGHIJKL`;
    };
    const found = Object.values(Resources).find(({ Type }) => Type === 'AWS::Lambda::Function')!;
    const { Variables } = found.Properties!['Environment'] as { Variables: Record<string, unknown> };
    return JSON.stringify(Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, resolve(value)])))
      .length;
  };
  const configured = (settings: string) => {
    const text = `name: ${'n'.repeat(40)}\nsources:\n  a-source-of-many-letters: { provider: github, ${settings} }\n`;
    const loaded = parseConfig('w.yaml', text, { catalogue, root });
    if (!loaded.ok) throw new Error(loaded.issues.map(formatIssue).join('\n'));
    return loaded.config;
  };
  const environment = 'function: { environment: { TABLE: readings, QUOTED: "a\\"b" } }';

  it.each([
    ['a handler', 'handler: test/fixtures/handlers/note-effects.ts'],
    ['a secret of one’s own', 'handler: test/fixtures/handlers/note-effects.ts, secret: shared/of/a/team'],
    [
      'everything switched on',
      'handler: test/fixtures/handlers/note-effects.ts, deduplicate: 5d, forward: { queue: true, http: { url: "https://x.example.com" } }',
    ],
    ['only a forward', 'forward: { http: { url: "https://x.example.com", secret: shared/forward } }'],
  ])('is what validate counts, with %s', (_title, settings) => {
    const config = configured(`${settings}, ${environment}`);
    const { sources, name } = config;
    expect(functionEnvironmentBytes(name, sources[0]!)).toBe(measured(makePlan(config, catalogue)));
  });
});
