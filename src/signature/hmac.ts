import { createHmac, type KeyObject } from 'node:crypto';
import type { Message } from './message.ts';
import type { HmacScheme } from './scheme.ts';

/** The HMAC of a message. A KeyObject is the fastest kind of key: a Buffer makes createHmac four times as slow. */
export function hmacOf(hash: HmacScheme['hash'], key: KeyObject, message: Message): Buffer {
  const hmac = createHmac(hash, key);
  for (let index = 0; index < message.length; index++) hmac.update(message[index] ?? '');
  return hmac.digest();
}
