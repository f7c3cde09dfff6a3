import type { Scheme } from './scheme.ts';

/** Whether a scheme takes the body for JSON: signature, timestamp or something signed stands in it, or it must hold one item. */
export function readsJson(scheme: Scheme): boolean {
  if (scheme.scheme === 'code') return scheme.secretLike !== undefined && readsJson(scheme.secretLike);
  if (scheme.scheme !== 'hmac' && scheme.scheme !== 'publicKey') return false;
  const { signature, timestamp, message } = scheme;
  if (scheme.scheme === 'hmac' && scheme.onlyItem !== undefined) return true;
  if (signature.json !== undefined || (timestamp && 'json' in timestamp.from)) return true;
  return message.some((part) => typeof part === 'object' && part.part === 'json');
}
