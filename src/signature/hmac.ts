import { createHmac, type KeyObject } from 'node:crypto';
import type { Message } from './message.ts';
import type { HmacScheme } from './scheme.ts';

/** The HMAC of a message. A KeyObject is the fastest kind of key: a Buffer makes createHmac four times as slow. */
export function hmacOf(hash: HmacScheme['hash'], key: KeyObject, message: Message): Buffer {
  const hmac = createHmac(hash, key);
  const length = joined(message);
  if (length !== undefined) hmac.update(scratch.subarray(0, length));
  else for (let index = 0; index < message.length; index++) hmac.update(message[index] ?? '');
  // As text, which is then written into Node's pool: a Buffer that comes out of the digest is a fifth slower, for its
  // memory lies outside of the heap.
  return Buffer.from(hmac.digest('binary'), 'latin1');
}

const scratch = Buffer.allocUnsafeSlow(16 * 1024);

/** Writes a short message into `scratch`, whole, and gives its length: an update costs more than copying some KB. */
function joined(message: Message): number | undefined {
  if (message.length === 1 && typeof message[0] !== 'string') return undefined;
  let length = 0;
  for (let index = 0; index < message.length; index++) {
    const piece = message[index] ?? '';
    if (typeof piece === 'string') {
      if (length + piece.length * 3 > scratch.length) return undefined;
      length += scratch.write(piece, length);
    } else {
      if (length + piece.length > scratch.length) return undefined;
      scratch.set(piece, length);
      length += piece.length;
    }
  }
  return length;
}
