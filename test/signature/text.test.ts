import { describe, expect, test } from 'vitest';
import { bytesOf, decodeUtf8, lengthOf, toBody } from '../../src/signature/text.ts';

describe('a body that came as text', () => {
  test.each(['{"a":"ä"}', '', '\uFEFF{}', '\u{1F600}', 'a\r\n\0'])('stands for its UTF-8: %j', (text) => {
    const body = toBody(text);
    expect(decodeUtf8(body)).toBe(text);
    expect(Buffer.from(bytesOf(body))).toEqual(Buffer.from(text));
    expect(lengthOf(body)).toBe(Buffer.byteLength(text));
  });

  test('with half a surrogate pair is the bytes that replace it, since it has none of its own', () => {
    expect(toBody('a\uD800')).toEqual(Buffer.from('a\uFFFD'));
  });
});

describe('bytes', () => {
  test('that are not UTF-8 are no text', () => {
    expect(decodeUtf8(Uint8Array.of(0xff))).toBeUndefined();
    expect(lengthOf(Uint8Array.of(0xff))).toBe(1);
  });

  test('are given back as they are', () => {
    const bytes = Uint8Array.of(1, 2);
    expect(bytesOf(bytes)).toBe(bytes);
  });
});
