import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageBytes, refusalOf } from '../../src/queue/message-rules.ts';
import type { MessageAttributes } from '../../src/queue/queue.ts';
import { processorClock } from '../processor-time.ts';

const max = 1024;
const ofBody = (body: string) => refusalOf({ body, attributes: {} }, max);
const ofAttributes = (attributes: MessageAttributes) => refusalOf({ body: 'x', attributes }, max);
const text = (stringValue: string, dataType = 'String') => ({ dataType, stringValue });
const invalid = (message: unknown) => ({ ok: false, code: 'InvalidParameterValue', message });

describe('the rules of SQS for a message', () => {
  it('refuse an empty body in the words of SQS', () => {
    expect(ofBody('')).toEqual({
      ok: false,
      code: 'MissingParameter',
      message: 'The request must contain the parameter MessageBody.',
    });
  });

  it('allow exactly the characters that XML 1.0 allows, and no lone surrogate', () => {
    const allowed = (point: number) =>
      [0x9, 0xa, 0xd].includes(point) ||
      (point >= 0x20 && point <= 0xd7ff) ||
      (point >= 0xe000 && point <= 0xfffd) ||
      point >= 0x10000;
    const wrong: number[] = [];
    for (let point = 0; point <= 0x10ffff; point += point < 0x11000 ? 1 : 251)
      if ((ofBody(`a${String.fromCodePoint(point)}b`) === undefined) !== allowed(point)) wrong.push(point);
    expect(wrong).toEqual([]);
    expect(ofBody('\ude00\ud83d')).toMatchObject({ code: 'InvalidMessageContents' });
    expect(ofBody('x\u0000')).toEqual({
      ok: false,
      code: 'InvalidMessageContents',
      message:
        'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
    });
  });

  it('count body, attribute names, types and values in bytes of UTF-8, and binary values decoded', () => {
    const attributes: MessageAttributes = {
      ab: text('é'),
      bin: { dataType: 'Binary', binaryValue: Buffer.from([1, 2, 3, 4]).toString('base64') },
    };
    expect(messageBytes({ body: '😀', attributes })).toBe(4 + (2 + 6 + 2) + (3 + 6 + 4));
  });

  it('take a message of exactly the maximum size and refuse one byte more', () => {
    const attributes = { ab: text('é') };
    expect(refusalOf({ body: 'x'.repeat(max - 10), attributes }, max)).toBeUndefined();
    expect(refusalOf({ body: 'x'.repeat(max - 9), attributes }, max)).toEqual(
      invalid('Message must be shorter than 1024 bytes.'),
    );
  });

  it('refuse an attribute without a value in the words of SQS', () => {
    expect(ofAttributes({ X: text('') })).toEqual(
      invalid("Message (user) attribute 'X' must contain a non-empty value of type 'String'."),
    );
    expect(ofAttributes({ X: { dataType: 'Binary', binaryValue: '' } })).toMatchObject(
      invalid(expect.stringContaining("type 'Binary'")),
    );
    expect(ofAttributes({ X: { dataType: 'String', binaryValue: 'AAAA' } })).toMatchObject(invalid(expect.anything()));
  });

  it('take ten attributes and refuse eleven', () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, text('1')]));
    expect(ofAttributes(many(10))).toBeUndefined();
    expect(ofAttributes(many(11))).toMatchObject(invalid(expect.stringContaining('[11]')));
  });

  it.each(['AWS.x', 'aws.x', 'Amazon.x', '.x', 'x.', 'x..y', 'x y', 'é', '', 'x'.repeat(257)])(
    'refuse the attribute name "%s"',
    (name) => {
      expect(ofAttributes({ [name]: text('1') })).toMatchObject(invalid(expect.any(String)));
    },
  );

  it.each(['awsome', 'a.b', '_-', 'x'.repeat(256), 'constructor'])('take the attribute name "%s"', (name) => {
    expect(ofAttributes({ [name]: text('1') })).toBeUndefined();
  });

  it.each(['', 'string', 'Text', 'StringX', 'String.', `String.${'x'.repeat(250)}`, 'String.\u0000'])(
    'refuse the data type "%s"',
    (dataType) => {
      expect(ofAttributes({ a: text('1', dataType) })).toMatchObject(invalid(expect.any(String)));
    },
  );

  it('take custom types behind a period', () => {
    expect(ofAttributes({ a: text('1', 'Number.int'), b: text('x', 'String.json') })).toBeUndefined();
  });

  it('refuse a Number that is none, control characters in a value and what is not base64', () => {
    for (const value of ['1', '-1.5', '1e10', '.5', '5.'])
      expect(ofAttributes({ n: text(value, 'Number') })).toBeUndefined();
    for (const value of ['x', '1x', ' 1', '0x10', 'NaN', '1'.repeat(300)])
      expect(ofAttributes({ n: text(value, 'Number') })).toMatchObject(invalid(expect.any(String)));
    expect(ofAttributes({ a: text('\u0001') })).toMatchObject(invalid(expect.any(String)));
    for (const binaryValue of ['A', 'AA', 'AA=A', 'A===', '!!!!', 'AAAA='])
      expect(ofAttributes({ a: { dataType: 'Binary', binaryValue } })).toMatchObject(invalid(expect.any(String)));
    for (const binaryValue of ['AAAA', 'AAA=', 'AA=='])
      expect(ofAttributes({ a: { dataType: 'Binary', binaryValue } })).toBeUndefined();
  });

  it('refuse a delay outside of 0 to 900 seconds', () => {
    for (const delaySeconds of [-1, 901, 1.5, NaN])
      expect(refusalOf({ body: 'x', attributes: {}, delaySeconds }, max)).toMatchObject(invalid(expect.any(String)));
    for (const delaySeconds of [0, 900])
      expect(refusalOf({ body: 'x', attributes: {}, delaySeconds }, max)).toBeUndefined();
  });

  it('answer any text at all without throwing, and quickly for a mebibyte of anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, value) => {
        const refusal = refusalOf({ body: value, attributes: { [name]: { dataType: name, stringValue: value } } }, max);
        expect(refusal === undefined || !refusal.ok).toBe(true);
      }),
    );
    const long = '1'.repeat(2 ** 20);
    const spent = processorClock();
    for (const dataType of ['String', 'Number', 'Binary'])
      refusalOf(
        {
          body: long,
          attributes: { [long]: text(long), a: { dataType, stringValue: `${long}x`, binaryValue: `${long}=` } },
        },
        2 ** 23,
      );
    for (const dataType of ['String', 'Number', 'Binary', long])
      refusalOf(
        {
          body: long,
          attributes: { a: { dataType, stringValue: `${long}x` }, b: { dataType, binaryValue: `${long}!` } },
        },
        2 ** 23,
      );
    expect(spent()).toBeLessThan(5_000);
  });
});
