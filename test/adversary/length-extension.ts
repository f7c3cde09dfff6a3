import { createHash } from 'node:crypto';

/**
 * The attack on SHA-256(secret ‖ message): its digest is the hash's whole state, from which anybody can go on. Gives the
 * longer message, without the secret, and its digest.
 */
export function extended(
  digest: Uint8Array,
  secretBytes: number,
  message: Uint8Array,
  suffix: Uint8Array,
): { body: Buffer; tag: Buffer } {
  const glue = padding(secretBytes + message.length);
  const hashedBefore = secretBytes + message.length + glue.length;
  const rest = Buffer.concat([suffix, padding(hashedBefore + suffix.length)]);
  const state = Array.from({ length: 8 }, (_, word) => Buffer.from(digest).readUInt32BE(word * 4));
  for (let block = 0; block < rest.length; block += 64) compress(state, rest.subarray(block, block + 64));
  const tag = Buffer.alloc(32);
  for (const [word, value] of state.entries()) tag.writeUInt32BE(value, word * 4);
  return { body: Buffer.concat([message, glue, suffix]), tag };
}

/** What SHA-256 puts behind a message of so many bytes. FIPS 180-4 section 5.1.1. */
function padding(bytes: number): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(bytes) * 8n);
  const zeros = (119 - (bytes % 64)) % 64;
  return Buffer.concat([Buffer.from([0x80]), Buffer.alloc(zeros), length]);
}

const primes = Array.from({ length: 312 }, (_, n) => n).filter(
  (n) => n > 1 && !Array.from({ length: n }, (_, d) => d).some((d) => d > 1 && n % d === 0),
);
const constants = primes.slice(0, 64).map((prime) => Math.floor((Math.cbrt(prime) % 1) * 2 ** 32) >>> 0);
const rotated = (value: number, bits: number) => (value >>> bits) | (value << (32 - bits));

/** One block of SHA-256. FIPS 180-4 section 6.2.2. */
function compress(state: number[], block: Uint8Array): void {
  const words = Array.from({ length: 16 }, (_, word) => Buffer.from(block).readUInt32BE(word * 4));
  for (let t = 16; t < 64; t++) {
    const [w15 = 0, w2 = 0, w16 = 0, w7 = 0] = [words[t - 15], words[t - 2], words[t - 16], words[t - 7]];
    const s0 = rotated(w15, 7) ^ rotated(w15, 18) ^ (w15 >>> 3);
    const s1 = rotated(w2, 17) ^ rotated(w2, 19) ^ (w2 >>> 10);
    words.push((w16 + s0 + w7 + s1) >>> 0);
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let t = 0; t < 64; t++) {
    const sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const t1 = (h + sum1 + ((e & f) ^ (~e & g)) + (constants[t] ?? 0) + (words[t] ?? 0)) >>> 0;
    const sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const t2 = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) >>> 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) >>> 0, c, b, a, (t1 + t2) >>> 0];
  }
  for (const [index, value] of [a, b, c, d, e, f, g, h].entries()) state[index] = ((state[index] ?? 0) + value) >>> 0;
}

/** Whether the attack works on what it is an attack on: a tool that cannot succeed would prove nothing. */
export function extensionWorks(): boolean {
  const secret = Buffer.from('a secret of 23 bytes !!');
  const message = Buffer.from('{"amount":1}');
  const digest = createHash('sha256').update(secret).update(message).digest();
  const forged = extended(digest, secret.length, message, Buffer.from(',"admin":true}'));
  return createHash('sha256').update(secret).update(forged.body).digest().equals(forged.tag);
}
