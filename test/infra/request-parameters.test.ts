import { describe, expect, it } from 'vitest';
import { requestParameters } from '../../src/delivery/wire.ts';
import { fullPlan } from './plans.ts';
import { lintRequestParameters } from './request-parameters-lint.ts';
import { templateOf } from './synth.ts';
import type { CloudFormationTemplate } from './template-interpreter.ts';

const good = requestParameters({ headers: { 'x-signature': 'always' } });

function templateWith(parameters: Record<string, string>, key = 'POST /a'): CloudFormationTemplate {
  return {
    Resources: {
      I: {
        Type: 'AWS::ApiGatewayV2::Integration',
        Properties: {
          IntegrationType: 'AWS_PROXY',
          IntegrationSubtype: 'SQS-SendMessage',
          RequestParameters: { QueueUrl: 'https://q', ...parameters },
        },
      },
      R: { Type: 'AWS::ApiGatewayV2::Route', Properties: { RouteKey: key, Target: 'integrations/I' } },
    },
  };
}

describe('the lint of request parameters', () => {
  it('finds a mapping that is longer than API Gateway takes', () => {
    const headers = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`x-number-${index}`, 'always' as const]),
    );
    expect(lintRequestParameters(templateWith(requestParameters({ headers })))).toEqual([
      expect.stringContaining('API Gateway takes 512'),
    ]);
  });

  it('finds nothing in the synthesized template', () => {
    expect(lintRequestParameters(templateOf(fullPlan()).toJSON() as CloudFormationTemplate)).toEqual([]);
  });

  it('finds nothing in a mapping of query parameters', () => {
    const queried = requestParameters({
      headers: {},
      query: { token: 'always', Kind: 'always', 'event-id': 'always' },
    });
    expect(lintRequestParameters(templateWith(queried))).toEqual([]);
  });

  const attributes = (value: string, name = 'Name') =>
    JSON.stringify({ [name]: { DataType: 'String', StringValue: value } });
  it.each([
    [
      'the CDK’s default body',
      { ...good, MessageBody: '$request.body.MessageBody' },
      'MessageBody is not the whole body',
    ],
    ['a missing queue', { ...good, QueueUrl: '' }, 'QueueUrl is missing'],
    ['a parameter that SendMessage lacks', { ...good, MessageBdoy: 'x' }, 'takes no parameter MessageBdoy'],
    ['attributes that are no JSON', { ...good, MessageAttributes: '{"a":${context.requestId}' }, 'is no JSON'],
    ['attributes without a variable', { ...good, MessageAttributes: attributes('x') }, 'without any variable'],
    ['a value that may be empty', { ...good, MessageAttributes: attributes('${request.header.x}') }, 'may be empty'],
    ['an unknown variable', { ...good, MessageAttributes: attributes('v=${request.method}') }, 'no such variable'],
    ['an unknown context variable', { ...good, MessageAttributes: attributes('v=${context.time}') }, 'no such context'],
    [
      'an attribute name with a space',
      { ...good, MessageAttributes: attributes('v=${context.path}', 'a b') },
      'no name',
    ],
    [
      'a parameter with a dot',
      { ...good, MessageAttributes: attributes('v=${request.querystring.a.b}') },
      'no name of a parameter',
    ],
    [
      'a header that is mapped twice',
      { ...good, MessageAttributes: attributes('${request.header.x}\n${request.header.x}') },
      'twice',
    ],
    [
      'deduplication by what nobody verified',
      { ...good, MessageDeduplicationId: '$request.header.id' },
      'must not come',
    ],
  ])('finds %s', (_title, parameters, issue) => {
    expect(lintRequestParameters(templateWith(parameters)).join('\n')).toContain(issue);
  });

  it('finds more than ten attributes', () => {
    const many = Object.fromEntries(
      Array.from({ length: 11 }, (_, index) => [`A${index}`, { DataType: 'String', StringValue: 'v=${context.path}' }]),
    );
    const issues = lintRequestParameters(templateWith({ ...good, MessageAttributes: JSON.stringify(many) }));
    expect(issues.join('\n')).toContain('1 to 10 attributes, not 11');
  });

  it('finds a route key that ends in a slash', () => {
    expect(lintRequestParameters(templateWith({ ...good }, 'POST /a/'))).toEqual([
      'POST /a/: a route key must not end in a slash',
    ]);
  });
});
