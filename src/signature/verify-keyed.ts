import { timingSafeEqual, verify as verifySignature } from 'node:crypto';
import { digestBytes, hmacOf } from './hmac.ts';
import { digestOf } from './public-key.ts';
import { mismatch } from './refusal.ts';
import type { HmacScheme, KeyedScheme, PublicKeyScheme, VerifyOptions } from './scheme.ts';
import type { UsableSecret } from './secret.ts';
import { bodyProblem, readSignedContent, type SignedContent } from './signed-content.ts';
import type { SignedRequest, Verdict } from './types.ts';
import { wholeOf } from './whole-message.ts';

/** Tries every secret with every signature of the request. */
export function verifyHmac(
  scheme: HmacScheme,
  request: SignedRequest,
  secrets: readonly UsableSecret[],
  options: VerifyOptions,
): Verdict {
  const content = readSignedContent(scheme, request, options, digestBytes[scheme.hash]);
  if (!content.ok) return content;
  for (const { key, index } of secrets) {
    if (!key) continue;
    const expected = hmacOf(scheme.hash, key, content.message);
    for (const candidate of content.candidates)
      if (candidate.length === expected.length && timingSafeEqual(candidate, expected))
        return matched(scheme, content, options, index);
  }
  return mismatch();
}

/** Tries every public key with every signature of the request. */
export function verifyPublicKey(
  scheme: PublicKeyScheme,
  request: SignedRequest,
  secrets: readonly UsableSecret[],
  options: VerifyOptions,
): Verdict {
  const content = readSignedContent(scheme, request, options, scheme.algorithm === 'ed25519' ? 64 : undefined);
  if (!content.ok) return content;
  const message = wholeOf(content.message);
  for (const { key, index } of secrets) {
    if (!key) continue;
    for (const candidate of content.candidates)
      if (verifySignature(digestOf(scheme.algorithm), message, key, candidate))
        return matched(scheme, content, options, index);
  }
  return mismatch();
}

function matched(scheme: KeyedScheme, { reader }: SignedContent, options: VerifyOptions, secretIndex: number): Verdict {
  return bodyProblem(scheme, reader, options) ?? { ok: true, secretIndex };
}
