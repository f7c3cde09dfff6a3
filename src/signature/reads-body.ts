import { isKeyed } from './keyed.ts';
import type { Scheme } from './scheme.ts';

/** Whether a scheme takes the body for JSON: signature, timestamp or something signed stands in it, or it must hold one item. */
export function readsJson(scheme: Scheme): boolean {
  if (scheme.scheme === 'code') return scheme.secretLike !== undefined && readsJson(scheme.secretLike);
  if (!isKeyed(scheme)) return false;
  const { signature, timestamp, message } = scheme;
  if (scheme.scheme === 'hmac' && scheme.onlyItem !== undefined) return true;
  if (signature.json !== undefined || (timestamp && 'json' in timestamp.from)) return true;
  return message.some((part) => typeof part === 'object' && part.part === 'json');
}

/** Whether a scheme takes the body for a form, all of whose fields are signed. */
export function readsForm(scheme: Scheme): boolean {
  return isKeyed(scheme) && scheme.message.some((part) => typeof part === 'object' && part.part === 'sortedForm');
}
