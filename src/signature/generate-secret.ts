import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { HookportError } from '../errors.ts';
import type { PublicKeyScheme, Scheme } from './scheme.ts';
import { secretProblem, whsecPrefix } from './secret.ts';

/** A new secret for tests and for one machine: what a source is configured with, and what signs for it. */
export interface GeneratedSecret {
  secret: string;
  /** The same text but for public-key schemes, where it is the private key. */
  signingSecret: string;
}

/**
 * Makes a random secret of 32 bytes, or a key pair, in the form that the scheme takes.
 *
 * @throws HookportError `internal` for a scheme that takes none
 */
export function generateSecret(scheme: Scheme): GeneratedSecret {
  if (scheme.scheme === 'none') throw new HookportError('internal', 'a scheme that signs nothing takes no secret');
  if (scheme.scheme === 'code' && scheme.secretLike) return generateSecret(scheme.secretLike);
  if (scheme.scheme === 'publicKey') return generateKeyPair(scheme);
  const bytes = randomBytes(32);
  const both = (secret: string) => ({ secret, signingSecret: secret });
  if (scheme.scheme === 'basic') return both(`hookport:${bytes.toString('hex')}`);
  if (scheme.scheme !== 'hmac' || scheme.key === 'utf8' || scheme.key === 'hex') return both(bytes.toString('hex'));
  return both((scheme.key === 'whsec' ? whsecPrefix : '') + bytes.toString('base64'));
}

/** Whether what {@link generateSecret} made for some scheme is a secret of this one too. */
export function fitsScheme(scheme: Scheme, { secret, signingSecret }: GeneratedSecret): boolean {
  if (scheme.scheme === 'code' && scheme.secretLike) return fitsScheme(scheme.secretLike, { secret, signingSecret });
  const isKeyPair = signingSecret.startsWith('-----BEGIN PRIVATE KEY-----');
  return isKeyPair === (scheme.scheme === 'publicKey') && secretProblem(scheme, secret) === undefined;
}

/** Names the form of a scheme's secrets, such as `hmac-whsec` or `publicKey-pem-ed25519`. */
export function secretForm(scheme: Scheme): string {
  if (scheme.scheme === 'code' && scheme.secretLike) return secretForm(scheme.secretLike);
  if (scheme.scheme === 'publicKey') return `publicKey-${scheme.key}-${scheme.algorithm}`;
  return scheme.scheme === 'hmac' ? `hmac-${scheme.key}` : scheme.scheme;
}

function generateKeyPair(scheme: PublicKeyScheme): GeneratedSecret {
  const { publicKey, privateKey } = newKeyPair(scheme.algorithm);
  const signingSecret = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  if (scheme.key === 'pem')
    return { secret: publicKey.export({ type: 'spki', format: 'pem' }).toString(), signingSecret };
  const der = publicKey.export({ type: 'spki', format: 'der' });
  if (scheme.key === 'spki-base64') return { secret: der.toString('base64'), signingSecret };
  const raw = der.subarray(-32);
  return { secret: scheme.key === 'whpk' ? `whpk_${raw.toString('base64')}` : raw.toString('hex'), signingSecret };
}

function newKeyPair(algorithm: PublicKeyScheme['algorithm']) {
  if (algorithm === 'ed25519') return generateKeyPairSync('ed25519');
  if (algorithm === 'ecdsa-p256-sha256') return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}
