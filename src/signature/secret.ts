import { createSecretKey, type KeyObject } from 'node:crypto';
import { decode } from './encoding.ts';
import { readPublicKey } from './public-key.ts';
import { survivesUrl } from './query.ts';
import type { HmacScheme, Scheme } from './scheme.ts';

/** A configured secret that was looked at once: its key, or why it is of no use. */
export type PreparedSecret = { key: KeyObject | undefined; problem?: undefined } | { problem: string };

/** A secret of the right form, with its place in the list that was given. */
export interface UsableSecret {
  text: string;
  /** Undefined for schemes that compare the text itself. */
  key: KeyObject | undefined;
  index: number;
}

/** A source has the current secret, the previous one, and the one of a deploy in flight. */
export const maxSecrets = 3;

// Making a key costs several times a HMAC over 2 KB, so each secret is prepared once for each scheme.
const prepared = new WeakMap<Scheme, Map<string, PreparedSecret>>();
const maxPrepared = 16;

/** {@link secretProblem} and the key itself, remembered. */
export function prepareSecret(scheme: Scheme, secret: string): PreparedSecret {
  let known = prepared.get(scheme);
  if (!known) prepared.set(scheme, (known = new Map()));
  let result = known.get(secret);
  if (!result) {
    result = prepare(scheme, secret);
    if (known.size >= maxPrepared) known.clear();
    known.set(secret, result);
  }
  return result;
}

/** Why a text cannot be this scheme's secret, as the end of the sentence "the secret …"; undefined if it can. */
export function secretProblem(scheme: Scheme, secret: string): string | undefined {
  return prepareSecret(scheme, secret).problem;
}

function prepare(scheme: Scheme, secret: string): PreparedSecret {
  if (scheme.scheme === 'code' && scheme.secretLike) return prepareSecret(scheme.secretLike, secret);
  const problem = plainProblem(secret, scheme.scheme === 'publicKey' && scheme.key === 'pem');
  if (problem !== undefined) return { problem };
  if ('publishedSecrets' in scheme && scheme.publishedSecrets?.includes(secret))
    return { problem: 'is one that is published for tests; anyone can sign with it' };
  switch (scheme.scheme) {
    case 'hmac': {
      const bytes = hmacKey(scheme.key, secret);
      return bytes ? { key: createSecretKey(bytes) } : { problem: keyForms[scheme.key] };
    }
    case 'publicKey':
      return readPublicKey(scheme, secret);
    case 'token':
      return 'query' in scheme.at && !survivesUrl(secret) ? { problem: changedByUrl } : { key: undefined };
    case 'basic':
      // A user's name is no secret: without a password anyone who knows it would pass.
      return /:.*\S/s.test(secret) ? { key: undefined } : { problem: 'is not in the form user:password' };
    case 'none':
      return { problem: 'has no use: the scheme signs nothing' };
    case 'code': {
      const own = scheme.secretProblem?.(secret);
      return own === undefined ? { key: undefined } : { problem: own };
    }
  }
}

function plainProblem(secret: string, outerSpace: boolean): string | undefined {
  if (typeof secret !== 'string' || secret.trim() === '') return 'is empty';
  if (!outerSpace && secret !== secret.trim())
    return 'begins or ends with white space, such as a line feed that was copied along';
  return secret.isWellFormed() ? undefined : 'is not valid Unicode';
}

const changedByUrl =
  'holds a character that may be changed on its way in a URL; it may hold letters, digits, "-", "." and "_" alone';

const keyForms = {
  utf8: 'is empty',
  hex: 'is not hexadecimal',
  base64: 'is not base64',
  whsec: 'is not "whsec_" with base64 after it',
} as const;

/** Stripe's secrets and those of Standard Webhooks begin so. */
export const whsecPrefix = 'whsec_';

/** The key bytes that a secret's text stands for. */
export function hmacKey(form: HmacScheme['key'], secret: string): Buffer | undefined {
  if (form === 'utf8') return Buffer.from(secret, 'utf8');
  if (form !== 'whsec') return decode(form, secret);
  return secret.startsWith(whsecPrefix) ? decode('base64', secret.slice(whsecPrefix.length)) : undefined;
}
