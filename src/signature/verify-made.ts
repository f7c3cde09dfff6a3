import { timingSafeEqual } from 'node:crypto';
import { readHeader } from './headers.ts';
import { mismatch, refuse, type Refusal } from './refusal.ts';
import type { SigningCode } from './scheme.ts';
import type { UsableSecret } from './secret.ts';
import { decodeUtf8 } from './text.ts';
import type { SignedRequest, Verdict } from './types.ts';

/** What the tries have in common. */
interface Tries {
  scheme: SigningCode;
  signature: string;
  body: string;
  secrets: readonly UsableSecret[];
  problem: Refusal | undefined;
}

/**
 * Has the signature made with one secret after the other, and compares. One promise for each, and no `async`: whatever waits
 * once more costs as much as hashing some hundred bytes. The promise never rejects.
 *
 * @param problem of a secret that is not among the usable ones: then a mismatch says nothing about the request
 */
export function verifyMade(
  scheme: SigningCode,
  request: SignedRequest,
  secrets: readonly UsableSecret[],
  problem: Refusal | undefined,
): Verdict | Promise<Verdict> {
  const signature = readHeader(request.headers, scheme.header);
  if (signature === undefined) return refuse('missing_signature', `the header ${scheme.header} is absent or empty`);
  if (typeof signature === 'object') return signature;
  const body = decodeUtf8(request.body);
  if (body === undefined || body === '') return refuse('malformed_body', 'the body is empty or not UTF-8');
  return tryFrom(0, { scheme, signature, body, secrets, problem });
}

function tryFrom(at: number, tries: Tries): Verdict | Promise<Verdict> {
  const secret = tries.secrets[at];
  if (!secret) return noneMatches(tries);
  return tries.scheme.make(secret.text, tries.body).then(
    (made) => {
      try {
        return isSame(made, tries.signature) ? { ok: true, secretIndex: secret.index } : tryFrom(at + 1, tries);
      } catch {
        return failed;
      }
    },
    () => failed,
  );
}

const failed = refuse('verification_error', 'the signature could not be made');

/** Looks at the form last, since a signature that matches has it. */
function noneMatches(tries: Tries): Verdict | Promise<Verdict> {
  const { scheme, signature, problem } = tries;
  if (!scheme.form.test(signature.toLowerCase()))
    return refuse('malformed_signature', `the header ${scheme.header} is not ${scheme.formText}`);
  if (upperCase.test(signature)) return tryFrom(0, { ...tries, signature: signature.toLowerCase() });
  return problem ?? mismatch();
}

const upperCase = /[A-Z]/;

/** By length of what was made, so that a comparison makes no buffers. */
const room = new Map<number, { made: Buffer; given: Buffer }>();

/** In constant time. A character beyond ASCII takes more than one byte in UTF-8, and equals none of a signature's. */
function isSame(made: string, given: string): boolean {
  const { length } = made;
  if (length === 0 || given.length !== length) return false;
  let buffers = room.get(length);
  if (!buffers) room.set(length, (buffers = { made: Buffer.alloc(length), given: Buffer.alloc(length) }));
  const whole = buffers.made.write(made) === length && buffers.given.write(given) === length;
  return whole && timingSafeEqual(buffers.made, buffers.given);
}
