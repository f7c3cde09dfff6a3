import { refuse, type Refusal } from './refusal.ts';
import type { CodeScheme, JudgingCode, NoneScheme, Scheme, VerifyOptions } from './scheme.ts';
import { maxSecrets, prepareSecret, type UsableSecret } from './secret.ts';
import type { SignedRequest, Verdict } from './types.ts';
import { verifyHmac, verifyPublicKey } from './verify-keyed.ts';
import { verifyMade } from './verify-made.ts';
import { verifyBasic, verifyToken } from './verify-token.ts';

/**
 * Tells whether a request is genuine. Never throws, never rejects, and never says `ok` but for a signature that one
 * of the secrets gives. Only a scheme of `code` gives a promise: waiting for one costs as much as hashing some
 * hundred bytes, so `await` the result and do not chain on it.
 *
 * @param secrets Newest first; the first three count. If one is unusable and no other matches, the verdict is
 *   `unusable_secret`: the configuration is at fault, not the request.
 */
export function verify(
  scheme: Scheme,
  request: SignedRequest,
  secrets: readonly string[],
  options: VerifyOptions = noOptions,
): Verdict | Promise<Verdict> {
  try {
    if (scheme.scheme === 'none') return refuse('verification_error', 'the scheme has no signature to verify');
    const { usable, problem } = sortOut(scheme, secrets);
    if (usable.length === 0) return problem ?? refuse('unusable_secret', 'no secret is configured');
    if (scheme.scheme === 'code')
      return scheme.verify
        ? verifyByCode(scheme, request, usable, options, problem)
        : verifyMade(scheme, request, usable, problem);
    return blame(check(scheme, request, usable, options), problem);
  } catch {
    return failed();
  }
}

const noOptions: VerifyOptions = Object.freeze({});

/** What was thrown is not told: it may quote a secret or a body. */
function failed(): Refusal {
  return refuse('verification_error', 'the verification failed before it came to a verdict');
}

/** A mismatch says nothing about the request while one of the secrets is of no use. */
function blame(verdict: Verdict, problem: Refusal | undefined): Verdict {
  return problem && !verdict.ok && verdict.reason === 'signature_mismatch' ? problem : verdict;
}

function sortOut(scheme: Scheme, secrets: readonly string[]): { usable: UsableSecret[]; problem: Refusal | undefined } {
  const usable: UsableSecret[] = [];
  let problem: Refusal | undefined;
  for (let index = 0; index < secrets.length && index < maxSecrets; index++) {
    const text = secrets[index] ?? '';
    const prepared = prepareSecret(scheme, text);
    if (prepared.problem === undefined) usable.push({ text, key: prepared.key, index });
    else problem ??= refuse('unusable_secret', `secret ${index + 1} of ${secrets.length} ${prepared.problem}`);
  }
  return { usable, problem };
}

function check(
  scheme: Exclude<Scheme, CodeScheme | NoneScheme>,
  request: SignedRequest,
  secrets: readonly UsableSecret[],
  options: VerifyOptions,
): Verdict {
  switch (scheme.scheme) {
    case 'hmac':
      return verifyHmac(scheme, request, secrets, options);
    case 'publicKey':
      return verifyPublicKey(scheme, request, secrets, options);
    case 'token':
      return verifyToken(scheme, request, secrets);
    case 'basic':
      return verifyBasic(request, secrets);
    default:
      // A definition from outside the type checker may name a scheme that does not exist.
      return refuse('verification_error', 'the scheme is unknown');
  }
}

/** Does not take a provider's own code at its word: only a secret that was given can have matched. */
function verifyByCode(
  scheme: JudgingCode,
  request: SignedRequest,
  secrets: readonly UsableSecret[],
  options: VerifyOptions,
  problem: Refusal | undefined,
): Verdict | Promise<Verdict> {
  const texts = secrets.map(({ text }) => text);
  const verdict = scheme.verify(request, texts, options);
  if ('then' in verdict) return verdict.then((known) => checked(known, secrets, problem), failed);
  return checked(verdict, secrets, problem);
}

/** Never throws, whatever it is given. */
function checked(verdict: Verdict, secrets: readonly UsableSecret[], problem: Refusal | undefined): Verdict {
  try {
    if (!verdict.ok) return blame(refuse(verdict.reason, verdict.detail), problem);
    const matched = secrets[verdict.secretIndex];
    if (!matched) return refuse('verification_error', 'the scheme named a secret that it was not given');
    return { ok: true, secretIndex: matched.index };
  } catch {
    return failed();
  }
}
