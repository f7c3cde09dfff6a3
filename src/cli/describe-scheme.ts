import { describePart, formOf, keyForms, placeOf, placeOfTime } from '../delivery/diagnosis/signing-text.ts';
import { keyedOf } from '../signature/keyed.ts';
import type { Scheme } from '../signature/scheme.ts';

/** How a scheme signs, in a few words. */
export function describeScheme(scheme: Scheme): string {
  switch (scheme.scheme) {
    case 'hmac':
      return `HMAC-${scheme.hash.toUpperCase()}, ${scheme.signature.encoding}${scheme.timestamp ? ', with a timestamp' : ''}`;
    case 'publicKey':
      return `${scheme.algorithm}, public key`;
    case 'token':
      return `a static token in ${'header' in scheme.at ? scheme.at.header : `the query parameter ${scheme.at.query}`}`;
    case 'basic':
      return 'HTTP basic authentication';
    case 'none':
      return 'no signature';
    case 'code':
      return scheme.summary;
  }
}

/** What one who verifies by himself has to know of a scheme, each with its name; nothing where the few words say it all. */
export function signingFacts(scheme: Scheme): [name: string, fact: string][] {
  const keyed = keyedOf(scheme);
  if (!keyed) return [];
  const { signature, timestamp, message } = keyed;
  return [
    ['signature in', `${placeOf(signature)}, ${formOf(signature)}`],
    ...(timestamp ? [['timestamp in', `${placeOfTime(timestamp)}, ${timestamp.unit}`] as [string, string]] : []),
    ['signed content', message.map((part) => describePart(part)).join(', then ')],
    ...(keyed.scheme === 'hmac' ? [['key', `the secret ${keyForms[keyed.key]}`] as [string, string]] : []),
  ];
}
