import { isUtf8 } from 'node:buffer';

/**
 * The bytes as text, or undefined if they are not UTF-8. A byte order mark stays: signatures cover it. To check first
 * and then decode takes half as long as a TextDecoder that is `fatal`.
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  if (!isUtf8(bytes)) return undefined;
  const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString('utf8');
}
