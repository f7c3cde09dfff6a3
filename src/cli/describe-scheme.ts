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
