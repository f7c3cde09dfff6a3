import type { Encoding } from './scheme.ts';

// Node's own decoders skip or stop at what they do not know, so the form is checked before they run.
const forms = {
  hex: /^[0-9a-fA-F]+$/,
  base64: /^[A-Za-z0-9+/]+={0,2}$/,
  base64url: /^[\w-]+={0,2}$/,
} as const satisfies Record<Encoding, RegExp>;

/**
 * Decodes strictly: hex in either case, base64 padded, base64url with or without its padding. Undefined for anything
 * else, and for an empty text.
 */
export function decode(encoding: Encoding, text: string): Buffer | undefined {
  if (!forms[encoding].test(text)) return undefined;
  const complete = encoding === 'hex' ? text.length % 2 === 0 : isCanonical(text, encoding === 'base64');
  return complete ? Buffer.from(text, encoding) : undefined;
}

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
