import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { decode } from './encoding.ts';
import type { PublicKeyScheme } from './scheme.ts';

// DER that stands before the 32 raw bytes of an Ed25519 key: RFC 8410.
const ed25519Spki = Buffer.from('302a300506032b6570032100', 'hex');
const ed25519Pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Reads the public key of a scheme from its text, and checks that it is of the scheme's kind. */
export function readPublicKey(
  scheme: PublicKeyScheme,
  text: string,
): { key: KeyObject; problem?: undefined } | { problem: string } {
  const form = publicKeyForms[scheme.key];
  try {
    const key = parsePublicKey(scheme.key, text);
    if (!key) return { problem: `is not ${form}` };
    return fits(scheme.algorithm, key) ? { key } : { problem: `is not a key for ${scheme.algorithm}` };
  } catch {
    return { problem: `is not ${form}` };
  }
}

const publicKeyForms = {
  hex32: 'a public key of 32 bytes in hexadecimal',
  whpk: '"whpk_" with a public key of 32 bytes in base64 after it',
  'spki-base64': 'a public key in base64 (SubjectPublicKeyInfo)',
  pem: 'a public key in PEM',
} as const;

function parsePublicKey(form: PublicKeyScheme['key'], text: string): KeyObject | undefined {
  if (form === 'pem') return /^\s*-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(text) ? createPublicKey(text) : undefined;
  const bytes = rawBytes(form, text, 'whpk_');
  if (!bytes) return undefined;
  if (form !== 'spki-base64' && bytes.length !== 32) return undefined;
  const der = form === 'spki-base64' ? bytes : Buffer.concat([ed25519Spki, bytes]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}

/**
 * Reads the private key that signs for tests, in the style of the scheme's public key; PEM is taken for every scheme.
 *
 * @throws Error when the text is no such key
 */
export function readPrivateKey(scheme: PublicKeyScheme, text: string): KeyObject {
  if (text.includes('-----BEGIN')) return createPrivateKey(text);
  const bytes = rawBytes(scheme.key, text, 'whsk_');
  if (!bytes) throw new TypeError('not a private key');
  if (scheme.key === 'spki-base64') return createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' });
  // A Standard Webhooks private key is the seed, with or without the public key behind it.
  const der = Buffer.concat([ed25519Pkcs8, bytes.subarray(0, 32)]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

function rawBytes(form: PublicKeyScheme['key'], text: string, label: string): Buffer | undefined {
  if (form === 'hex32') return decode('hex', text);
  if (form !== 'whpk') return decode('base64', text);
  return text.startsWith(label) ? decode('base64', text.slice(label.length)) : undefined;
}

function fits(algorithm: PublicKeyScheme['algorithm'], key: KeyObject): boolean {
  switch (algorithm) {
    case 'ed25519':
      return key.asymmetricKeyType === 'ed25519';
    case 'ecdsa-p256-sha256':
      return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
    case 'rsa-sha256':
    case 'rsa-sha1':
      return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 1024;
  }
}

/** The digest that node:crypto's sign and verify take; none for Ed25519, which hashes by itself. */
export function digestOf(algorithm: PublicKeyScheme['algorithm']): 'sha256' | 'sha1' | undefined {
  if (algorithm === 'ed25519') return undefined;
  return algorithm === 'rsa-sha1' ? 'sha1' : 'sha256';
}
