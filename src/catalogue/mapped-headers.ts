import type { Scheme } from '../signature/scheme.ts';
import type { Provider } from './provider.ts';

/**
 * The allow-list of a source: the provider's, in which the headers that the chosen scheme cannot do without count as
 * `always`. A provider with alternatives sends the headers of some of them to some endpoints only.
 */
export function mappedHeaders(provider: Pick<Provider, 'headers'>, scheme: Scheme): Provider['headers'] {
  return {
    ...provider.headers,
    ...Object.fromEntries(requiredHeaders(scheme).map((name) => [name, 'always' as const])),
  };
}

function requiredHeaders(scheme: Scheme): string[] {
  switch (scheme.scheme) {
    case 'token':
      return 'header' in scheme.at ? [scheme.at.header] : [];
    case 'basic':
      return ['authorization'];
    case 'code':
    case 'none':
      return [];
    case 'hmac':
    case 'publicKey': {
      const { signature, timestamp, message } = scheme;
      // Of several headers that may each hold a signature, none need be there.
      const names = signature.header === undefined ? [] : [signature.header];
      if (timestamp && 'header' in timestamp.from) names.push(timestamp.from.header);
      for (const part of message) if (typeof part === 'object' && part.part === 'header') names.push(part.name);
      return names;
    }
  }
}
