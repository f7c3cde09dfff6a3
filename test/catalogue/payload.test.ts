import { describe, expect, it } from 'vitest';
import { jsonText, parsePayload } from '../../src/catalogue/payload.ts';

const parse = (body: string | Uint8Array, type?: string, formPayload?: string) =>
  parsePayload(formPayload === undefined ? {} : { formPayload }, {
    headers: type === undefined ? {} : { 'content-type': type },
    body: Buffer.from(body),
  });
const form = 'application/x-www-form-urlencoded';

describe('parsePayload', () => {
  it('parses JSON, also without a content type or with a byte order mark', () => {
    for (const type of [
      undefined,
      'application/json',
      'application/json; charset=utf-8',
      'application/cloudevents+json',
    ])
      expect(parse('{"a":1}', type)).toEqual({ a: 1 });
    expect(parse('\uFEFF{"a":1}', 'application/json')).toEqual({ a: 1 });
  });

  it('parses a form, with an array where a field stands more than once', () => {
    expect(parse('a=1&b=x+y%26z&a=2&c=', form)).toEqual({ a: ['1', '2'], b: 'x y&z', c: '' });
    const hostile = parse('__proto__=1&constructor=2', `${form}; charset=utf-8`) as object;
    expect(Object.entries(hostile)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
    expect(Object.getPrototypeOf(hostile)).toBe(Object.prototype);
  });

  it('parses the JSON in the form field that a provider names', () => {
    expect(parse('payload=%7B%22a%22%3A1%7D', form, 'payload')).toEqual({ a: 1 });
    for (const body of ['a=1', 'payload=1&payload=2', 'payload=no'])
      expect(() => parse(body, form, 'payload')).toThrow(SyntaxError);
  });

  it('takes JSON for what it is under the content type of a form, which nothing signs', () => {
    // Whoever caught a signed request sends it again as a form, and the comment that he wrote becomes the payload.
    const body = JSON.stringify({ comment: 'hi &payload=%7B%22action%22%3A%22forged%22%7D& bye' });
    for (const field of ['payload', undefined]) expect(parse(body, form, field)).toEqual(JSON.parse(body));
    expect(jsonText({ formPayload: 'payload' }, { headers: { 'content-type': form }, body })).toBe(body);
    expect(parse(`\uFEFF${body}`, form)).toEqual(JSON.parse(body));
    expect(parse('{a}=1', form)).toEqual({ '{a}': '1' });
  });

  it('gives other text as it is', () => {
    expect(parse('<a/>', 'application/xml')).toBe('<a/>');
    for (const text of ['hello', '7', 'null', '"a"', '{a}']) expect(parse(text, 'text/plain')).toBe(text);
  });

  it('takes JSON for what it is under any other content type: with a text in its place a handler finds no field', () => {
    for (const type of ['text/plain; charset=utf-8', 'application/xml', 'image/svg+xml', 'text/html']) {
      expect(parse('{"livemode":false}', type)).toEqual({ livemode: false });
      expect(parse('\uFEFF[1]', type)).toEqual([1]);
    }
  });

  it('throws a SyntaxError that does not quote the body', () => {
    for (const [body, type] of [
      ['{"password":', undefined],
      ['', undefined],
      [Buffer.from([0x22, 0xff, 0x22]), undefined],
      [Buffer.from([0x61, 0x3d, 0xff]), form],
      ['a&'.repeat(1001), form],
    ] as const) {
      let thrown: unknown;
      try {
        parse(body, type);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(SyntaxError);
      expect(String(thrown)).not.toContain('password');
    }
  });
});
