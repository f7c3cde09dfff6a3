import { randomFillSync } from 'node:crypto';

/** An HTTP API's request ids are 11 bytes in the URL-safe base64 alphabet, padded, such as `JKJaXmPLvHcESHA=`. */
const idBytes = 11;
const pool = Buffer.alloc(idBytes * 512);
let offset = pool.length;

/** A new request id that looks like API Gateway's. Random bytes are drawn in bulk: drawing few costs as much as many. */
export function nextRequestId(): string {
  if (offset === pool.length) {
    randomFillSync(pool);
    offset = 0;
  }
  const id = pool.toString('base64url', offset, offset + idBytes);
  offset += idBytes;
  return `${id}=`;
}
