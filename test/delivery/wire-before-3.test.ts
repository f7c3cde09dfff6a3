import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage, outcomeAttribute } from '../../src/delivery/wire.ts';
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

describe('decodeMessage of version 1 and 2', () => {
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
      for (const each of lines.filter((text) => text !== '')) {
        const parts = /^([a-z0-9_-]+):( ?)(.*)$/.exec(each);
        if (!parts || parts[1] === '__proto__' || headers.has(parts[1]!)) return undefined;
        if (parts[3] !== '') headers.set(parts[1]!, parts[3]!);
      }
      return Object.fromEntries(headers);
    };
    fc.assert(
      fc.property(fc.array(fc.array(line, { maxLength: 4 }), { minLength: 1, maxLength: 5 }), (messages) => {
        for (const lines of messages) {
          const decoded = decodeMessage(message({ Headers: `${lines.join('\n')}\n` }), arrival);
          expect(decoded.ok ? decoded.request.headers : undefined).toEqual(naive(lines));
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('ignores attributes that Hookport added later', () => {
    expect(reasonOf({ [outcomeAttribute]: '{}' })).toBe('ok');
  });

  test.each([
    ['a missing version', { Wire: undefined }, 'malformed_message'],
    ['a version it does not know', { Wire: '3' }, 'unknown_wire_version'],
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

  const id = 'JKJaXmPLvHcESHA=';
  const withQuery = (Query: string | undefined) => ({ Query, Wire: '2' });
  const framed = (lines: string) => withQuery(`${id} ${lines}${id}`);

  test('gives back the query parameters of version 2, and leaves out those that are empty', () => {
    const decoded = decodeMessage(message(framed('3\nKind: a: b \nkind: \nother: c=d&e\n')), arrival);
    expect(decoded.ok && { ...decoded.request.query }).toEqual({ Kind: 'a: b ', other: 'c=d&e' });
    const first = decodeMessage(message(), arrival);
    expect(first.ok && first.request.query).toBeUndefined();
  });

  test.each([
    ['no attribute Query in version 2', withQuery(undefined)],
    ['an attribute Query in version 1', { Query: `${id} 1\na: b\n${id}` }],
    ['an empty one', withQuery('')],
    ['ids alone', framed('')],
    ['no number', framed('\na: b\n')],
    ['no parameter', framed('0\n')],
    ['more lines than it says: a value with a line feed', framed('1\na: b\nc: d\n')],
    ['the same where the value ends with it', framed('1\na: b\n\n')],
    ['a value with a line feed that stands for a parameter', framed('2\na: x\nb: y\nb: z\n')],
    ['fewer lines than it says', framed('2\na: b\n')],
    ['a line feed in one value, and another whose backslash took one', framed('2\na: x\nb: y\\nb: z\n')],
    ['no line feed at its end', framed('1\na: b')],
    ['the same parameter twice', framed('2\na: b\na: b\n')],
    ['a number that is written otherwise', framed('01\na: b\n')],
    ['a line without a name', framed('1\n: b\n')],
    ['a line without a separator', framed('1\na=b\n')],
    ['no id at its end: a value that ends the attribute', withQuery(`${id} 1\na: b\n`)],
    ['no id at its beginning: another attribute in its place', withQuery(`1\na: b\n${id}`)],
    ['another id: one of another request', withQuery('other 1\na: b\nother')],
    ['another id at its end', withQuery(`${id} 1\na: b\n${id}0`)],
  ])('refuses %s', (_what, overrides) => {
    expect(reasonOf(overrides)).toBe('malformed_message');
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
        fc.dictionary(
          fc.constantFrom('ContextHead', 'Headers', 'Query', 'Wire', 'ContextTail', '__proto__', 'x'),
          fc.string(),
        ),
        fc.string(),
        (values, body) => {
          expect(decodeMessage(message(values, body), arrival)).toHaveProperty('ok');
        },
      ),
    );
  });
});
