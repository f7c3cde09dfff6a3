import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { requestParameters } from '../../../src/delivery/wire.ts';
import { compileMapping, type MappableRequest } from '../../../src/local/gateway/mapping.ts';
import { parseMessageAttributes } from '../../../src/local/message-attributes.ts';

const request: MappableRequest = {
  rawHeaders: ['Host', 'localhost', 'X-Event', 'push', 'x-twice', 'a', 'X-Twice', 'b'],
  path: '/github',
  query: 'a=1&b=2&a=3',
  body: '{"x":"${request.header.host}"}',
  context: {
    requestId: 'JKJaXmPLvHcESHA=',
    requestTimeEpoch: '1763900000000',
    'identity.sourceIp': '203.0.113.7',
    'identity.userAgent': 'curl/8',
    httpMethod: 'POST',
    path: '/github',
    protocol: 'HTTP/1.1',
    routeKey: 'POST /github',
    domainName: 'localhost',
  },
};

const map = (MessageAttributes: string, from = request) =>
  compileMapping({ MessageBody: '$request.body', MessageAttributes })(from)?.messageAttributes;

describe('a compiled mapping', () => {
  test.each([
    ['$request.header.x-event', 'push'],
    ['v=${request.header.X-EVENT}!', 'v=push!'],
    ['${request.header.x-twice}', 'a,b'],
    ['[${request.header.absent}]', '[]'],
    ['${request.querystring.a}', '1,3'],
    ['${request.querystring.A}', ''],
    ['${request.path}', '/github'],
    [
      '${context.requestId} ${context.requestTimeEpoch} ${context.identity.sourceIp}',
      'JKJaXmPLvHcESHA= 1763900000000 203.0.113.7',
    ],
    ['${context.httpMethod} ${context.path} ${context.protocol}', 'POST /github HTTP/1.1'],
    ['{"price":"5$"}', '{"price":"5$"}'],
  ])('%s gives %s', (expression, expected) => {
    expect(map(expression)).toBe(expected);
  });

  test('passes the body through untouched, expressions in it included', () => {
    const mapped = compileMapping({ MessageBody: '$request.body', MessageAttributes: '{}' })(request);
    expect(mapped?.messageBody).toBe(request.body);
  });

  test('does not expand an expression that a header value brings', () => {
    const from = { ...request, rawHeaders: ['x-event', '${context.requestId}'] };
    expect(map('${request.header.x-event}', from)).toBe('${context.requestId}');
  });

  test('gives nothing when a mapped value is not ASCII, but lets other headers be', () => {
    expect(map('${request.header.x-event}', { ...request, rawHeaders: ['x-event', 'caf\u00e9'] })).toBeUndefined();
    expect(map('${request.header.x-event}', { ...request, rawHeaders: ['x-other', 'caf\u00e9'] })).toBe('');
  });

  test.each(['${request.header.*}', '${request.method}', '${context.authorizer.sub}', '${stageVariables.x}', '${}'])(
    'refuses %s at the start',
    (MessageAttributes) => {
      expect(() => compileMapping({ MessageBody: '$request.body', MessageAttributes })).toThrow(
        expect.objectContaining({ code: 'internal' }),
      );
    },
  );

  test('gives the same attributes as replacing the expressions one by one', () => {
    const names = ['x-one', 'x-two'];
    const parameters = requestParameters({ headers: { 'x-one': 'always', 'x-two': 'always' } });
    const mapping = compileMapping(parameters);
    const value = fc.string({ unit: fc.constantFrom(...' !"#${}\\:,=abcXYZ019'.split('')) });
    fc.assert(
      fc.property(value, value, (one, two) => {
        const values: Record<string, string> = { 'x-one': one, 'x-two': two };
        const expected = parameters.MessageAttributes.replaceAll(/\$\{([^}]*)\}/g, (_all, variable: string) => {
          const [, header] = /^request\.header\.(.*)$/.exec(variable) ?? [];
          if (header !== undefined) return values[header] ?? '';
          return request.context[variable.replace('context.', '') as 'requestId'];
        });
        const rawHeaders = names.flatMap((name) => [name.toUpperCase(), values[name] ?? '']);
        expect(mapping({ ...request, rawHeaders })?.messageAttributes).toBe(expected);
      }),
    );
  });
});

describe('parseMessageAttributes', () => {
  test.each([
    'no json',
    '[]',
    'null',
    '{"a":null}',
    '{"a":[]}',
    '{"a":{"DataType":"String","StringValue":1}}',
    '{"a":{"DataType":"String","StringValue":"x","More":"y"}}',
    '{"a":{"DataType":"String","StringValue":"raw\ttab"}}',
  ])('refuses %j', (text) => {
    expect(parseMessageAttributes(text)).toBeUndefined();
  });

  test('keeps an attribute called __proto__ as an attribute', () => {
    const attributes = parseMessageAttributes('{"__proto__":{"DataType":"String","StringValue":"x"}}');
    expect(Object.keys(attributes ?? {})).toEqual(['__proto__']);
  });

  test('takes the last of two attributes of one name', () => {
    const a = (value: string) => `"a":{"DataType":"String","StringValue":"${value}"}`;
    expect(parseMessageAttributes(`{${a('1')},${a('2')}}`)?.['a']).toEqual({ dataType: 'String', stringValue: '2' });
  });
});
