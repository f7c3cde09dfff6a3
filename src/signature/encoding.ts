import type { Encoding } from './scheme.ts';

// Node's own decoders skip or stop at what they do not know, so the form is checked before they run. The base64
// patterns are canonical: the unused bits of the last character are zero, so that one value has one spelling.
const forms = {
  hex: /^(?:[0-9a-fA-F]{2})+$/,
  base64: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)$/,
  base64url: /^(?:[\w-]{4})*(?:[\w-]{4}|[\w-][AQgw](?:==)?|[\w-]{2}[AEIMQUYcgkosw048]=?)$/,
} as const satisfies Record<Encoding, RegExp>;

/**
 * Decodes strictly: hex in either case, base64 padded, base64url with or without its padding. Undefined for anything
 * else, and for an empty text.
 */
export function decode(encoding: Encoding, text: string): Buffer | undefined {
  return forms[encoding].test(text) ? Buffer.from(text, encoding) : undefined;
}

/** Writes bytes the way signatures are written: lower-case hex, padded base64, unpadded base64url. */
export function encode(encoding: Encoding, bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(encoding);
}
