import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { mappedHeaders } from '../../src/catalogue/mapped-headers.ts';
import { mappedQuery } from '../../src/catalogue/mapped-query.ts';
import { schemeOf, schemesOf } from '../../src/catalogue/scheme-of.ts';
import {
  decodeMessage,
  encodeMessage,
  maxMappingLength,
  outcomeAttribute,
  requestParameters,
} from '../../src/delivery/wire.ts';
import type { MessageAttributes } from '../../src/queue/queue.ts';
import { toBody } from '../../src/signature/text.ts';

const arrival = 1_763_900_000_000;
const id = 'JKJaXmPLvHcESHA=';
const context = `${id} ${arrival} 203.0.113.7`;

/** A message whose attribute `Request` has these lines behind its first. */
function message(lines: readonly string[] = ['x-github-event: push']) {
  const parameters = lines.filter((line) => line.startsWith('?')).length;
  const text = lines.map((line) => `${line}\n`).join('');
  return whole(`3 ${context} ${lines.length - parameters} ${parameters}\n${text}${parameters > 0 ? id : ''}`);
}

function whole(request: string, others: Record<string, string | undefined> = {}, body = '{"a":1}') {
  const attributes: MessageAttributes = Object.fromEntries(
    Object.entries({ Request: request, Id: id, ...others })
      .filter(([, value]) => value !== undefined)
      .map(([name, stringValue]) => [name, { dataType: 'String', stringValue: stringValue ?? '' }]),
  );
  return { body, attributes };
}

const reasonOf = (given: ReturnType<typeof whole>, sentAt = arrival + 5) => {
  const decoded = decodeMessage(given, sentAt);
  return decoded.ok ? 'ok' : decoded.outcome.reason;
};

const textOf = (mapping: { MessageAttributes: string }) =>
  (JSON.parse(mapping.MessageAttributes) as { Request: { StringValue: string } }).Request.StringValue;

describe('requestParameters', () => {
  const arrived = '3 ${context.requestId} ${context.requestTimeEpoch} ${context.identity.sourceIp}';

  test('passes the whole body and nothing else as the message body', () => {
    expect(requestParameters({ headers: {} }).MessageBody).toBe('$request.body');
  });

  test('puts all else into one attribute, and the request id into a second behind it', () => {
    const parameters = requestParameters({
      headers: { 'content-type': 'always', 'x-github-event': 'always', 'x-rare': 'sometimes' },
    });
    expect(parameters.MessageAttributes).toBe(
      '{"Request":{"DataType":"String","StringValue":"3 ${context.requestId} ${context.requestTimeEpoch} ${context.identity.sourceIp} 2 0\\n' +
        'content-type: ${request.header.content-type}\\nx-github-event: ${request.header.x-github-event}\\n"},"Id":{"DataType":"String","StringValue":"${context.requestId}"}}',
    );
  });

  test('maps query parameters that always come behind a question mark', () => {
    const mapping = requestParameters({
      headers: { 'content-type': 'always' },
      query: { Kind: 'always', rare: 'sometimes', 'event-id': 'always' },
    });
    expect(textOf(mapping)).toBe(
      `${arrived} 1 2\ncontent-type: \${request.header.content-type}\n?Kind: \${request.querystring.Kind}\n` +
        '?event-id: ${request.querystring.event-id}\n${context.requestId}',
    );
  });

  test('is read without what a provider that the source had before kept', () => {
    const lines = ['x-gitlab-token: a secret', 'x-github-event: push', '?token: a secret', '?kind: paid'];
    const decoded = decodeMessage(message(lines), arrival, { headers: { 'x-github-event': 'always' } });
    expect(decoded).toMatchObject({ ok: true });
    expect(JSON.stringify(decoded)).not.toContain('a secret');
    const own = { headers: { 'x-github-event': 'always' }, query: { kind: 'always' } } as const;
    const request = decodeMessage(message(lines), arrival, own);
    expect(request.ok && { ...request.request.query }).toEqual({ kind: 'paid' });
  });

  test('has no attribute that becomes empty when every header is absent', () => {
    expect(textOf(requestParameters({ headers: {} }))).toBe(`${arrived} 0 0\n`);
  });

  test('cuts names where they do not fit in full, to what no other name ends with', () => {
    const names = ['x-acme-signature', 'x-acme-signature-timestamp', 'x-acme-timestamp', 'type', 'x-acme-type'];
    const many = Array.from({ length: 4 }, (_, index) => `x-acme-webhook-invocation-number-${index}`);
    const headers = Object.fromEntries([...names, ...many].map((name) => [name, 'always' as const]));
    const labels = [...textOf(requestParameters({ headers })).matchAll(/^(\S+): /gm)].map(([, label]) => label);
    expect(labels).toEqual([
      '*signature',
      '*signature-timestamp',
      '*acme-timestamp',
      'type',
      '*acme-type',
      '*0',
      '*1',
      '*2',
      '*3',
    ]);
    const values = [...names, ...many].map((name, index) => [name, `v${index}`] as const);
    const lines = labels.map((label, index) => `${label}: v${index}`);
    const decoded = decodeMessage(message(lines), arrival, { headers });
    expect(decoded.ok && decoded.request.headers).toEqual(Object.fromEntries(values));
  });

  // https://docs.aws.amazon.com/cli/latest/reference/apigatewayv2/create-integration.html
  test.each(catalogue.ids())('of %s fits into what API Gateway takes, and is read with all its names', (provider) => {
    const definition = catalogue.get(provider)!;
    for (const verify of Object.keys(schemesOf(definition))) {
      const scheme = schemeOf(definition, verify);
      const headers = mappedHeaders(definition, scheme);
      const mapping = requestParameters({ headers, query: mappedQuery(definition, scheme) });
      // Contentful alone has too many, and can be no source for another reason.
      const most = provider === 'contentful' ? Infinity : maxMappingLength;
      expect(mapping.MessageAttributes.length).toBeLessThanOrEqual(most);
      const filled = textOf(mapping).replaceAll(/\$\{([^}]+)\}/g, (_, variable: string) => {
        const values = { 'context.requestId': id, 'context.requestTimeEpoch': String(arrival) };
        return values[variable as keyof typeof values] ?? `<${variable}>`;
      });
      const decoded = decodeMessage(whole(filled), arrival, definition);
      const always = Object.keys(headers).filter((name) => headers[name] === 'always');
      expect(decoded.ok && decoded.request.headers).toEqual(
        Object.fromEntries(always.map((name) => [name, `<request.header.${name}>`])),
      );
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
        fc.dictionary(fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/), headerText, { minKeys: 1 }),
        fc.string(),
        (headers, query, body) => {
          const request = {
            requestId: 'JKJaXmPLvHcESHA=',
            receivedAt: arrival,
            sourceIp: '203.0.113.7',
            headers,
            body,
          };
          const plain = (decoded: ReturnType<typeof decodeMessage>) =>
            decoded.ok && { ...decoded.request, headers: { ...decoded.request.headers } };
          const expected = { ...request, headers: { ...headers }, body: toBody(body) };
          expect(plain(decodeMessage(encodeMessage(request), arrival))).toEqual(expected);
          const decoded = plain(decodeMessage(encodeMessage({ ...request, query }), arrival));
          expect(decoded && { ...decoded, query: { ...decoded.query } }).toEqual({ ...expected, query: { ...query } });
        },
      ),
    );
  });
});

describe('decodeMessage', () => {
  test('gives back the request as it arrived', () => {
    const decoded = decodeMessage(message(['x-github-event: push', 'x-hub-signature-256: sha256=ab']), arrival + 5);
    expect(decoded).toMatchObject({
      ok: true,
      request: { requestId: id, receivedAt: arrival, sourceIp: '203.0.113.7' },
    });
    if (!decoded.ok) return;
    expect(decoded.request.headers).toEqual({ 'x-github-event': 'push', 'x-hub-signature-256': 'sha256=ab' });
    expect(decoded.request.query).toBeUndefined();
    expect(Buffer.from(decoded.request.body).toString()).toBe('{"a":1}');
  });

  test('leaves out what is empty, as what is absent is mapped', () => {
    const decoded = decodeMessage(message(['x-a: ', 'x-b: 1', '?c: ', '?d: 2']), arrival);
    expect(decoded.ok && [decoded.request.headers, { ...decoded.request.query }]).toEqual([{ 'x-b': '1' }, { d: '2' }]);
  });

  test('keeps colons and surrounding spaces of a value', () => {
    const decoded = decodeMessage(message(['x-a:  b: c ', '?Kind: a: b ']), arrival);
    expect(decoded.ok && [decoded.request.headers['x-a'], decoded.request.query?.['Kind']]).toEqual([
      ' b: c ',
      'a: b ',
    ]);
  });

  test('leaves out a header whose cut name stands for none any more, or for several', () => {
    const headers = { 'x-signature': 'always', 'x-timestamp': 'always', 'y-timestamp': 'always' } as const;
    const lines = ['*signature: 1', '*timestamp: 2', '*gone: 3'];
    const decoded = decodeMessage(message(lines), arrival, { headers });
    expect(decoded.ok && decoded.request.headers).toEqual({ 'x-signature': '1' });
  });

  test('reads field lines as a naive reader does, of one message after the other', () => {
    const line = fc.oneof(
      fc
        .tuple(
          fc.constantFrom('x-a', 'x-ab', 'x', 'x-b', '__proto__', 'constructor', 'X', ''),
          fc.constantFrom(': ', ':', ''),
          fc.constantFrom('1', 'x-a: 1', ':', ''),
        )
        .map((parts) => parts.join('')),
      fc.constantFrom('', 'x-a', 'x-ab: x-a: 2'),
    );
    const naive = (lines: readonly string[]) => {
      const headers = new Map<string, string>();
      for (const each of lines) {
        const parts = /^([a-z0-9_-]+):( ?)(.*)$/.exec(each);
        if (!parts || parts[1] === '__proto__' || headers.has(parts[1]!)) return undefined;
        if (parts[3] !== '') headers.set(parts[1]!, parts[3]!);
      }
      return Object.fromEntries(headers);
    };
    fc.assert(
      fc.property(fc.array(fc.array(line, { maxLength: 4 }), { minLength: 1, maxLength: 5 }), (messages) => {
        for (const lines of messages) {
          const decoded = decodeMessage(message(lines), arrival);
          expect(decoded.ok ? decoded.request.headers : undefined).toEqual(naive(lines));
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('ignores attributes that Hookport added later', () => {
    const request = message().attributes['Request']?.stringValue ?? '';
    expect(reasonOf(whole(request, { [outcomeAttribute]: '{"kind":"failed"}', HookportNew: 'x' }))).toBe('ok');
  });

  const framed = (text: string) => whole(`3 ${context} ${text}`);
  const parameters = (text: string) => framed(`${text}${id}`);
  const none = `3 ${context} 0 0\n`;
  test.each([
    ['nothing', whole(''), 'malformed_message'],
    ['a version it does not know', whole(`4 ${context} 0 0\n`), 'unknown_wire_version'],
    ['no version', whole(`${context} 0 0\n`), 'malformed_message'],
    ['a context without address', whole(`3 ${id} ${arrival} 0 0\n`), 'malformed_message'],
    ['no numbers of lines', whole(`3 ${context}\n`), 'malformed_message'],
    ['one number of lines', whole(`3 ${context} 0\n`), 'malformed_message'],
    ['no second id', whole(none, { Id: undefined }), 'context_mismatch'],
    ['another second id: an attribute in the place of the endpoint’s', whole(none, { Id: 'x' }), 'context_mismatch'],
    ['an attribute that the endpoint does not write', whole(none, { x: 'y' }), 'malformed_message'],
    [
      'attributes of the version before beside it',
      whole(none, { ContextHead: context, Headers: '\n', Wire: '1', ContextTail: context }),
      'malformed_message',
    ],
    ['a line without colon', framed('1 0\nx-a\n'), 'malformed_message'],
    ['an empty line', framed('1 0\n\n'), 'malformed_message'],
    ['the same header on two lines', framed('2 0\nx-a: 1\nx-a: 2\n'), 'malformed_message'],
    ['fewer headers than it says', framed('2 0\nx-a: 1\n'), 'malformed_message'],
    ['more headers than it says', framed('1 0\nx-a: 1\nx-b: 1\n'), 'malformed_message'],
    ['the same parameter twice', parameters('0 2\n?a: b\n?a: b\n'), 'malformed_message'],
    ['more lines than it says: a value with a line feed', parameters('0 1\n?a: b\n?c: d\n'), 'malformed_message'],
    ['the same where the value ends with it', parameters('0 1\n?a: b\n\n'), 'malformed_message'],
    ['fewer parameters than it says', parameters('0 2\n?a: b\n'), 'malformed_message'],
    [
      'a line feed in one value, and another whose backslash took one',
      parameters(String.raw`0 2${'\n'}?a: x${'\n'}?b: y\n?b: z${'\n'}`),
      'malformed_message',
    ],
    [
      'a line feed in a parameter, and a header whose backslash took one',
      parameters(String.raw`1 2${'\n'}x-a: b\n?a: x${'\n'}?b: y${'\n'}?c: z${'\n'}`),
      'malformed_message',
    ],
    ['no line feed at its end', parameters('0 1\n?a: b'), 'malformed_message'],
    ['no id behind the parameters: one that ends the attribute', framed('0 1\n?a: b\n'), 'malformed_message'],
    ['another id behind them', framed('0 1\n?a: b\nother'), 'malformed_message'],
    ['an id where there are no parameters', parameters('1 0\nx-a: b\n'), 'malformed_message'],
    [
      'a backslash in a header beside parameters',
      parameters(String.raw`1 1${'\n'}x-a: \${'\n'}?a: b${'\n'}`),
      'malformed_message',
    ],
    ['a parameter without a question mark', parameters('0 1\na: b\n'), 'malformed_message'],
    ['a parameter without a name', parameters('0 1\n?: b\n'), 'malformed_message'],
    ['a parameter without a separator', parameters('0 1\n?a=b\n'), 'malformed_message'],
  ])('refuses %s', (_what, given, reason) => {
    expect(reasonOf(given)).toBe(reason);
  });

  test('refuses an arrival later than the message, beyond clock skew', () => {
    expect(reasonOf(message(), arrival - 5 * 60_000)).toBe('ok');
    expect(reasonOf(message(), arrival - 5 * 60_000 - 1)).toBe('malformed_message');
  });

  test('refuses an attribute that is not text', () => {
    const { attributes } = message();
    for (const name of ['Request', 'Id']) {
      const binary = { ...attributes, [name]: { dataType: 'Binary', binaryValue: 'eA==' } };
      expect(decodeMessage({ body: '', attributes: binary }, arrival)).toMatchObject({ ok: false });
    }
  });

  test('never throws, whatever the attributes hold', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('Request', 'Headers', 'Wire', 'HookportOutcome', '__proto__', 'x'), fc.string()),
        fc.string(),
        fc.string(),
        (others, text, body) => {
          for (const request of [text, `3 ${context} 1 0\n${text}\n`])
            expect(decodeMessage(whole(request, others, body), arrival)).toHaveProperty('ok');
        },
      ),
    );
  });
});
