import { isUtf8 } from 'node:buffer';

/**
 * A body: its bytes, or the text whose UTF-8 they are. What came as text stays text, since most who look into a body want
 * text, and to make bytes of it and text of these again costs as much as hashing it. See {@link toBody}.
 */
export type Body = string | Uint8Array;

/** Text as a body. Half a surrogate pair has no bytes of its own; such text becomes the bytes that replace it. */
export function toBody(text: string): Body {
  return text.isWellFormed() ? text : Buffer.from(text, 'utf8');
}

export function bytesOf(body: Body): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
}

/** In bytes. */
export function lengthOf(body: Body): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : body.length;
}

/**
 * The body as text, or undefined if its bytes are not UTF-8. A byte order mark stays: signatures cover it. To check first
 * and then decode takes half as long as a TextDecoder that is `fatal`.
 */
export function decodeUtf8(body: Body): string | undefined {
  if (typeof body === 'string') return body;
  if (!isUtf8(body)) return undefined;
  const buffer = body instanceof Buffer ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return buffer.toString('utf8');
}
