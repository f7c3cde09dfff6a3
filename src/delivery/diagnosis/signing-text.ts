import { headerNames } from '../../signature/find-signature.ts';
import type { MessagePart, SignatureLocation, TimestampLocation } from '../../signature/scheme.ts';

/** How the parts of a signature scheme are told to people. */

/** How the secret's text becomes the key. */
export const keyForms = {
  utf8: 'as it is written',
  hex: 'decoded from hex',
  base64: 'decoded from base64',
  whsec: 'decoded from the base64 after "whsec_"',
} as const;

/** @param bodyBytes Of a request; left out where there is none. */
export function describePart(part: MessagePart, bodyBytes?: number): string {
  if (typeof part === 'string') return `the text ${JSON.stringify(part)}`;
  switch (part.part) {
    case 'body':
      return bodyBytes === undefined ? 'the raw body' : `the raw body (${bodyBytes.toLocaleString('en')} bytes)`;
    case 'timestamp':
      return 'the timestamp as it was sent';
    case 'header':
      return `the header ${part.name}`;
    case 'query':
      return `the query parameter ${part.name}`;
    case 'json':
      return `the field "${part.path}" of the body`;
    case 'url':
      return 'the public URL';
    case 'method':
      return 'the method';
    case 'sortedForm':
      return 'the form’s fields, sorted by name';
  }
}

/** Where a signature stands. */
export function placeOf(location: SignatureLocation): string {
  if (location.json !== undefined) return `"${location.json}" in the body`;
  return `the header ${headerNames(location).join(' or ')}`;
}

/** How a signature is written there. */
export function formOf({ encoding, prefix, pairs, listLabel }: SignatureLocation): string {
  if (pairs) return `${encoding} at "${pairs.key}="`;
  const before = prefix ?? listLabel;
  return before === undefined ? encoding : `${encoding} after "${before}"`;
}

/** Where the signed time stands. */
export function placeOfTime({ from }: TimestampLocation): string {
  if ('header' in from) return `the header ${from.header}`;
  return 'pair' in from ? `"${from.pair}" beside the signature` : `"${from.json}" in the body`;
}
