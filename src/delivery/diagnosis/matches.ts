import { createSecretKey, timingSafeEqual } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { hmacOf } from '../../signature/hmac.ts';
import type { HmacScheme, Scheme } from '../../signature/scheme.ts';
import { isRefusal } from '../../signature/refusal.ts';
import { readSignedContent } from '../../signature/signed-content.ts';
import type { SignedRequest } from '../../signature/types.ts';
import { verify } from '../../signature/verify.ts';

/** However old: whether a signature is right is one question, whether it came in time another. */
const anyAge = { toleranceSeconds: Infinity };

/**
 * Whether one secret gives the signature that the request carries, whenever it was made. Others have their turn before: one try
 * of a diagnosis may take a tenth of a second, in the thread in which a gateway answers.
 */
export async function matches(scheme: Scheme, request: SignedRequest, secret: string): Promise<boolean> {
  await setImmediate();
  return (await verify(scheme, request, [secret], anyAge)).ok;
}

/**
 * Tells the same of keys that no configuration would take, such as a secret with the line feed that was copied along. The request
 * is taken apart once for all of them: a stranger's JSON alone may take a tenth of a second.
 */
export async function keyMatcher(
  scheme: HmacScheme,
  request: SignedRequest,
): Promise<(key: Uint8Array) => Promise<boolean>> {
  await setImmediate();
  const content = readSignedContent(scheme, request, anyAge);
  if (isRefusal(content)) return async () => false;
  return async (key) => {
    if (key.length === 0) return false;
    await setImmediate();
    const expected = hmacOf(scheme.hash, createSecretKey(key), content.message);
    return content.candidates.some((each) => each.length === expected.length && timingSafeEqual(each, expected));
  };
}
