import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { limitsOf } from '../../src/plan/limits.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { authorizedPlan, planOf, sourcePlan } from './plans.ts';
import { templateOf } from './synth.ts';

const issuer = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc';

type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;
const resources = (plan: Plan) => templateOf(plan).toJSON()['Resources'] as Resources;
const routesOf = (plan: Plan) =>
  Object.fromEntries(
    Object.values(resources(plan))
      .filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route')
      .map(({ Properties }) => [Properties['RouteKey'], Properties]),
  );

describe('JWT authorizers', () => {
  it('are one for each issuer and audience, and look at the header Authorization', () => {
    const template = templateOf(authorizedPlan());
    template.resourceCountIs('AWS::ApiGatewayV2::Authorizer', 2);
    for (const audience of [['app', 'web'], ['sensors']])
      template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
        ApiId: { Ref: Match.stringLikeRegexp('^EndpointApi') },
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Issuer: issuer, Audience: audience },
      });
  });

  it('stand before the routes whose sources ask for one, with the scopes of each', () => {
    const routes = routesOf(authorizedPlan());
    expect(routes['POST /logs']).toMatchObject({
      AuthorizationType: 'JWT',
      AuthorizationScopes: ['logs/write', 'logs/admin'],
    });
    expect(routes['POST /readings']).toMatchObject({ AuthorizationType: 'JWT' });
    expect(routes['POST /readings']?.['AuthorizationScopes']).toBeUndefined();
    expect(routes['POST /readings']?.['AuthorizerId']).toEqual(routes['POST /logs']?.['AuthorizerId']);
    expect(routes['POST /sensors']?.['AuthorizerId']).not.toEqual(routes['POST /logs']?.['AuthorizerId']);
    expect(routes['POST /github']?.['AuthorizerId']).toBeUndefined();
    expect(routes['POST /github']?.['AuthorizationType']).toBe('NONE');
  });

  it('stay as they are when a source that shares one goes', () => {
    const plan = authorizedPlan();
    const before = resources(plan);
    const after = resources({ ...plan, sources: plan.sources.filter(({ id }) => id !== 'logs') });
    const kept = (all: Resources) =>
      Object.fromEntries(Object.entries(all).filter(([id]) => /Authorizer|^EndpointRoutereadings/.test(id)));
    expect(Object.keys(kept(before)).length).toBeGreaterThan(2);
    expect(kept(after)).toEqual(kept(before));
  });

  it('count towards the limit of an API', () => {
    expect(limitsOf(authorizedPlan())).toContainEqual({ name: 'authorizers of an HTTP API', used: 2, limit: 10 });
  });

  it('are refused for an issuer that API Gateway could not reach by TLS', () => {
    const source = sourcePlan('logs');
    const authorize = { jwt: { issuer: 'http://127.0.0.1:8180', audience: ['app'], scopes: [] } };
    expect(() => templateOf(planOf({ ...source, route: { ...source.route, authorize } }))).toThrow(/https only/);
  });
});

it('makes no secret for a provider that signs nothing', () => {
  const template = templateOf(authorizedPlan());
  template.resourceCountIs('AWS::SecretsManager::Secret', 1);
  template.hasResourceProperties('AWS::SecretsManager::Secret', { Name: 'acme-webhooks/github' });
  const variables = Object.entries(resources(authorizedPlan()))
    .filter(([id, { Type }]) => Type === 'AWS::Lambda::Function' && id.startsWith('Sourcelogs'))
    .map(([, { Properties }]) => JSON.stringify(Properties['Environment']));
  expect(variables).toHaveLength(1);
  expect(variables[0]).not.toContain('HOOKPORT_SECRET_ID');
});
