import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toBody } from '../../src/signature/text.ts';
import { decodeMessage, encodeMessage, outcomeAttribute, requestParameters } from '../../src/delivery/wire.ts';
import type { MessageAttributes } from '../../src/queue/queue.ts';

const arrival = 1_763_900_000_000;
const context = `JKJaXmPLvHcESHA= ${arrival} 203.0.113.7`;

function message(overrides: Record<string, string | undefined> = {}, body = '{"a":1}') {
  const values: Record<string, string | undefined> = {
    ContextHead: context,
    Headers: 'x-github-event: push\nx-hub-signature-256: sha256=ab\n',
    Wire: '1',
    ContextTail: context,
    ...overrides,
  };
  const attributes: MessageAttributes = Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, { dataType: 'String', stringValue: value ?? '' }]),
  );
  return { body, attributes };
}

function reasonOf(overrides: Record<string, string | undefined>, sentAt = arrival + 5) {
  const decoded = decodeMessage(message(overrides), sentAt);
  return decoded.ok ? 'ok' : decoded.outcome.reason;
}

describe('requestParameters', () => {
  const parameters = requestParameters({
    headers: { 'content-type': 'always', 'x-github-event': 'always', 'x-rare': 'sometimes' },
  });

  test('passes the whole body and nothing else as the message body', () => {
    expect(parameters.MessageBody).toBe('$request.body');
  });

  test('puts the arrival context first and last, so that an injected duplicate shows', () => {
    const names = Object.keys(JSON.parse(parameters.MessageAttributes) as object);
    expect(names).toEqual(['ContextHead', 'Headers', 'Wire', 'ContextTail']);
  });

  test('maps headers that always come as field lines and leaves out those that come at times', () => {
    const attributes = JSON.parse(parameters.MessageAttributes) as { Headers: { StringValue: string } };
    expect(attributes.Headers.StringValue).toBe(
      'content-type: ${request.header.content-type}\nx-github-event: ${request.header.x-github-event}\n',
    );
  });

  test('has no attribute that becomes empty when every header is absent', () => {
    for (const headers of [{}, { 'x-one': 'always' as const }]) {
      const attributes = JSON.parse(requestParameters({ headers }).MessageAttributes) as Record<
        string,
        { StringValue: string }
      >;
      for (const { StringValue } of Object.values(attributes))
        expect(StringValue.replaceAll(/\$\{[^}]*\}/g, '')).not.toBe('');
    }
  });
});

describe('encodeMessage', () => {
  const headerText = fc
    .string({ minLength: 1, unit: fc.constantFrom('a', 'Z', '0', ' ', ':', ';', '=', ',', '"', '{', '$', 'é') })
    .map((text) => `x${text}x`);

  test('writes what decodeMessage reads as it was', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), headerText),
        fc.string(),
        (headers, body) => {
          const request = {
            requestId: 'JKJaXmPLvHcESHA=',
            receivedAt: arrival,
            sourceIp: '203.0.113.7',
            headers,
            body,
          };
          const decoded = decodeMessage(encodeMessage(request), arrival);
          expect(decoded.ok && { ...decoded.request, headers: { ...decoded.request.headers } }).toEqual({
            ...request,
            headers: { ...headers },
            body: toBody(body),
          });
        },
      ),
    );
  });
});

describe('decodeMessage', () => {
  test('gives back the request as it arrived', () => {
    const decoded = decodeMessage(message(), arrival + 5);
    expect(decoded).toMatchObject({
      ok: true,
      request: { requestId: 'JKJaXmPLvHcESHA=', receivedAt: arrival, sourceIp: '203.0.113.7' },
    });
    if (!decoded.ok) return;
    expect({ ...decoded.request.headers }).toEqual({ 'x-github-event': 'push', 'x-hub-signature-256': 'sha256=ab' });
    expect(Buffer.from(decoded.request.body).toString()).toBe('{"a":1}');
  });

  test('leaves out a header whose value is empty, as an absent one is mapped', () => {
    const decoded = decodeMessage(message({ Headers: 'x-a: \nx-b: 1\n' }), arrival);
    expect(decoded.ok && { ...decoded.request.headers }).toEqual({ 'x-b': '1' });
  });

  test('keeps colons and surrounding spaces of a header value', () => {
    const decoded = decodeMessage(message({ Headers: 'x-a:  b: c \n' }), arrival);
    expect(decoded.ok && decoded.request.headers['x-a']).toBe(' b: c ');
  });

  test('ignores attributes that Hookport added later', () => {
    expect(reasonOf({ [outcomeAttribute]: '{}' })).toBe('ok');
  });

  test.each([
    ['a missing version', { Wire: undefined }, 'malformed_message'],
    ['a version it does not know', { Wire: '2' }, 'unknown_wire_version'],
    ['a missing context', { ContextTail: undefined }, 'malformed_message'],
    ['missing headers', { Headers: undefined }, 'malformed_message'],
    ['contexts that differ', { ContextTail: `${context}0` }, 'context_mismatch'],
    ['an attribute that the endpoint does not write', { Extra: 'x' }, 'malformed_message'],
    ['a context without address', { ContextHead: `a ${arrival}`, ContextTail: `a ${arrival}` }, 'malformed_message'],
    ['a header line without colon', { Headers: 'x-a\n' }, 'malformed_message'],
    ['the same header on two lines', { Headers: 'x-a: 1\nx-a: 2\n' }, 'malformed_message'],
  ])('refuses %s', (_what, overrides, reason) => {
    expect(reasonOf(overrides)).toBe(reason);
  });

  test('refuses an arrival later than the message, beyond clock skew', () => {
    expect(reasonOf({}, arrival - 5 * 60_000)).toBe('ok');
    expect(reasonOf({}, arrival - 5 * 60_000 - 1)).toBe('malformed_message');
  });

  test('refuses attributes that are not text', () => {
    const { body, attributes } = message();
    const binary = { ...attributes, Headers: { dataType: 'Binary', binaryValue: 'eA==' } };
    expect(decodeMessage({ body, attributes: binary }, arrival)).toMatchObject({ ok: false });
  });

  test('never throws, whatever the attributes hold', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('ContextHead', 'Headers', 'Wire', 'ContextTail', '__proto__', 'x'), fc.string()),
        fc.string(),
        (values, body) => {
          expect(decodeMessage(message(values, body), arrival)).toHaveProperty('ok');
        },
      ),
    );
  });
});
