import type { Encoding } from './scheme.ts';

/**
 * Decodes strictly: hex in either case, base64 padded, base64url with or without its padding. Undefined for anything
 * else, and for an empty text. Node's own decoders skip or stop at what they do not know.
 */
export function decode(encoding: Encoding, text: string): Buffer | undefined {
  if (encoding === 'hex') return decodeHex(text);
  const form = encoding === 'base64' ? base64 : base64url;
  return form.test(text) && isCanonical(text, encoding === 'base64') ? Buffer.from(text, encoding) : undefined;
}

/** The value of each ASCII character as a hex digit, or -1. */
const hexDigits = Int8Array.from({ length: 128 }, (_, code) =>
  '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase()),
);

/** In one go, because a check before Node's decoder costs as much again, and hex is what most providers send. */
function decodeHex(text: string): Buffer | undefined {
  if (text.length === 0 || text.length % 2 !== 0) return undefined;
  const bytes = Buffer.allocUnsafe(text.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    const high = hexDigits[text.charCodeAt(2 * index)] ?? -1;
    const low = hexDigits[text.charCodeAt(2 * index + 1)] ?? -1;
    if (high < 0 || low < 0) return undefined;
    bytes[index] = high * 16 + low;
  }
  return bytes;
}

const base64 = /^[A-Za-z0-9+/]+={0,2}$/;
const base64url = /^[\w-]+={0,2}$/;

/**
 * Whether base64 text is as long as it must be, and the bits that its last character does not use are zero: one value
 * has one spelling.
 */
function isCanonical(text: string, padded: boolean): boolean {
  let end = text.length;
  while (text.charCodeAt(end - 1) === 0x3d) end--;
  if ((padded || end < text.length) && text.length % 4 !== 0) return false;
  const rest = end % 4;
  if (rest === 0) return end === text.length;
  if (rest === 1) return false;
  return (rest === 2 ? 'AQgw' : 'AEIMQUYcgkosw048').includes(text.charAt(end - 1));
}

/** Writes bytes the way signatures are written: lower-case hex, padded base64, unpadded base64url. */
export function encode(encoding: Encoding, bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(encoding);
}
