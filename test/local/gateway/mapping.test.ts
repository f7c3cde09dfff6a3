import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { requestParameters } from '../../../src/delivery/wire.ts';
import type { MappableRequest } from '../../../src/local/gateway/expression.ts';
import { compileMapping, type Mapping } from '../../../src/local/gateway/mapping.ts';
import { parseMessageAttributes } from '../../../src/local/message-attributes.ts';
import { attributeBytes, attributesRefusal } from '../../../src/queue/attribute-rules.ts';
import type { MessageAttributes, SendRefusal } from '../../../src/queue/queue.ts';

const request: MappableRequest = {
  rawHeaders: ['Host', 'localhost', 'X-Event', 'push', 'x-twice', 'a', 'X-Twice', 'b'],
  path: '/github',
  query: 'a=1&b=2&a=3',
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

/** What a mapping gives, its attributes as an object; SQS's count of their bytes is held to be right. */
function resultOf(mapping: Mapping, from: MappableRequest): MessageAttributes | SendRefusal | undefined {
  const mapped = mapping(from);
  if (!mapped || 'ok' in mapped) return mapped;
  const attributes = JSON.parse(mapped.json) as MessageAttributes;
  expect(mapped.bytes).toBe(attributeBytes(attributes));
  return attributes;
}

const map = (MessageAttributes: string, from = request) =>
  resultOf(compileMapping({ MessageBody: '$request.body', MessageAttributes }), from);

/** What one attribute of that value becomes, behind a mark: an empty one is refused. */
function value(text: string, from = request): string | undefined {
  const attributes = map(JSON.stringify({ a: { DataType: 'String', StringValue: `=${text}` } }), from);
  if (!attributes) return undefined;
  return (attributes as MessageAttributes)['a']?.stringValue?.replace(/^=/, '');
}

describe('a compiled mapping', () => {
  test.each([
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
    ['5$ of $request.path\n"quoted"', '5$ of $request.path\n"quoted"'],
  ])('%j gives %j', (expression, expected) => {
    expect(value(expression)).toBe(expected);
  });

  test('takes expressions outside of values too', () => {
    const name = '{"${request.header.x-event}":{"DataType":"String","StringValue":"x"}}';
    expect(map(name)).toEqual({ push: { dataType: 'String', stringValue: 'x' } });
    const type = '{"a":{"DataType":"String.${request.header.x-event}","StringValue":"x"}}';
    expect(map(type)).toEqual({ a: { dataType: 'String.push', stringValue: 'x' } });
    const whole = { ...request, rawHeaders: ['x-all', '{"a":{"DataType":"Binary","BinaryValue":"AA=="}}'] };
    for (const expression of ['$request.header.x-all', '${request.header.x-all}'])
      expect(map(expression, whole)).toEqual({ a: { dataType: 'Binary', binaryValue: 'AA==' } });
  });

  test('refuses in the words of SQS what it makes of the values', () => {
    const empty = "Message (user) attribute 'a' must contain a non-empty value of type 'String'.";
    expect(map('{"a":{"DataType":"String","StringValue":"${request.header.absent}"}}')).toEqual({
      ok: false,
      code: 'InvalidParameterValue',
      message: empty,
    });
    expect(map('{"a":{"DataType":"Number","StringValue":"1${request.header.x-event}"}}')).toMatchObject({ ok: false });
  });

  test('puts the values of an honest request in without parsing what comes of it', () => {
    const parameters = requestParameters({ headers: { 'x-event': 'always' }, query: { a: 'always' } });
    const mapping = compileMapping(parameters);
    const parse = vi.spyOn(JSON, 'parse');
    onTestFinished(() => parse.mockRestore());
    const mapped = mapping(request);
    expect(parse).not.toHaveBeenCalled();
    expect(mapped).toMatchObject({ json: expect.stringContaining('x-event: push') as string });
  });

  test('takes no attributes at all', () => {
    expect(map('{}')).toEqual({});
  });

  test('does not expand an expression that a header value brings', () => {
    const from = { ...request, rawHeaders: ['x-event', '${context.requestId}'] };
    expect(value('${request.header.x-event}', from)).toBe('${context.requestId}');
  });

  test('gives nothing when a mapped value is not ASCII, but lets other headers be', () => {
    expect(value('${request.header.x-event}', { ...request, rawHeaders: ['x-event', 'caf\u00e9'] })).toBeUndefined();
    expect(value('${request.header.x-event}', { ...request, rawHeaders: ['x-other', 'caf\u00e9'] })).toBe('');
  });

  test.each(['${request.header.*}', '${request.method}', '${context.authorizer.sub}', '${stageVariables.x}', '${}'])(
    'refuses %s at the start',
    (expression) => {
      expect(() => value(expression)).toThrow(expect.objectContaining({ code: 'internal' }));
    },
  );

  test('refuses a body that is anything but the whole body', () => {
    expect(() => compileMapping({ MessageBody: '$request.body.MessageBody', MessageAttributes: '{}' })).toThrow(
      expect.objectContaining({ code: 'internal' }),
    );
  });

  test('gives what parsing gives after the values were put in one by one, whatever they hold', () => {
    const parameters = requestParameters({ headers: { 'x-one': 'always', 'x-two': 'always' } });
    const mapping = compileMapping(parameters);
    const unit = fc.constantFrom(...' !"#${}\\:,=/abnutXYZ019\t\u007f'.split(''));
    const injection = fc.constant('x"},"Request":{"DataType":"String","StringValue":"y');
    const header = fc.oneof(fc.string({ unit }), fc.string(), injection);
    fc.assert(
      fc.property(header, header, (one, two) => {
        const values: Record<string, string> = { 'x-one': one, 'x-two': two };
        const text = parameters.MessageAttributes.replaceAll(/\$\{([^}]*)\}/g, (_all, variable: string) => {
          const [, name] = /^request\.header\.(.*)$/.exec(variable) ?? [];
          if (name !== undefined) return values[name] ?? '';
          return request.context[variable.replace('context.', '') as 'requestId'];
        });
        // oxlint-disable-next-line no-control-regex -- ASCII is what is meant
        const parsed = /^[\u0000-\u007f]*$/.test(one + two) ? parseMessageAttributes(text) : undefined;
        const expected = parsed && (attributesRefusal(parsed) ?? parsed);
        const rawHeaders = ['X-One', one, 'X-TWO', two];
        expect(resultOf(mapping, { ...request, rawHeaders })).toEqual(expected);
      }),
      { numRuns: 2000 },
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
    const a = (text: string) => `"a":{"DataType":"String","StringValue":"${text}"}`;
    expect(parseMessageAttributes(`{${a('1')},${a('2')}}`)?.['a']).toEqual({ dataType: 'String', stringValue: '2' });
  });
});
