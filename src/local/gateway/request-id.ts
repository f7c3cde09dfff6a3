import { randomFillSync } from 'node:crypto';

/** An HTTP API's request ids are 11 bytes in the URL-safe base64 alphabet, padded, such as `JKJaXmPLvHcESHA=`. */
const idBytes = 11;
const pool = Buffer.alloc(idBytes * 512);
let offset = pool.length;

/**
 * A new request id that looks like API Gateway's: like those it begins with the time, in seconds here, so that ids of one
 * moment stand together in an index, and nobody knows the 7 bytes behind it beforehand. Random bytes are drawn in bulk:
 * drawing few costs as much as many.
 */
export function nextRequestId(): string {
  if (offset === pool.length) {
    randomFillSync(pool);
    offset = 0;
  }
  pool.writeUInt32BE(Math.floor(Date.now() / 1000), offset);
  const id = pool.toString('base64url', offset, offset + idBytes);
  offset += idBytes;
  return `${id}=`;
}
