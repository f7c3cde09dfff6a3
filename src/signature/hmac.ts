import { createHmac, hash as hashOf, type KeyObject } from 'node:crypto';
import type { Message } from './message.ts';
import type { HmacScheme } from './scheme.ts';
import { messageAt, scratch, writeWhole } from './whole-message.ts';

type Hash = HmacScheme['hash'];

/** The HMAC of a message. */
export function hmacOf(hash: Hash, key: KeyObject, message: Message): Buffer {
  const end = writeWhole(message);
  return end === undefined ? hmacInPieces(hash, key, message) : hmacOfWritten(hash, key, end);
}

/** Bytes that a hash takes in at once: so long is what it mixes a key into. */
const blockBytes = { sha1: 64, sha256: 64, sha512: 128 } as const;
/** Bytes of its digest, and so of a HMAC. */
export const digestBytes = { sha1: 20, sha256: 32, sha512: 64 } as const;

/**
 * HMAC as RFC 2104 composes it of two hashes. Node makes a hash in one call, and a HMAC in an object that is a stream, which
 * takes longer than hashing 2 KB.
 */
function hmacOfWritten(hash: Hash, key: KeyObject, end: number): Buffer {
  const { inner, outer } = padsOf(hash, key);
  scratch.set(inner, messageAt - inner.length);
  // As text: a Buffer that comes out of a hash costs more than all of this, for its memory lies outside of the heap.
  outer.write(hashOf(hash, scratch.subarray(messageAt - inner.length, end), 'binary'), inner.length, 'latin1');
  return Buffer.from(hashOf(hash, outer, 'binary'), 'latin1');
}

/** What is hashed before the message, and before the digest of both, which has its room behind. */
interface Pads {
  inner: Buffer;
  outer: Buffer;
}

const pads = new WeakMap<KeyObject, Map<Hash, Pads>>();

function padsOf(hash: Hash, key: KeyObject): Pads {
  let ofKey = pads.get(key);
  if (!ofKey) pads.set(key, (ofKey = new Map()));
  let known = ofKey.get(hash);
  if (!known) ofKey.set(hash, (known = makePads(hash, key)));
  return known;
}

function makePads(hash: Hash, key: KeyObject): Pads {
  const block = blockBytes[hash];
  const given = key.export();
  const bytes = given.length > block ? hashOf(hash, given, 'buffer') : given;
  const inner = Buffer.alloc(block, 0x36);
  const outer = Buffer.alloc(block + digestBytes[hash], 0x5c);
  for (const [index, byte] of bytes.entries()) {
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  }
  return { inner, outer };
}

function hmacInPieces(hash: Hash, key: KeyObject, message: Message): Buffer {
  const hmac = createHmac(hash, key);
  for (let index = 0; index < message.length; index++) hmac.update(message[index] ?? '');
  return hmac.digest();
}
